"""Taking back: what is unread leaves the inbox, what is unsent is not sent. What was truly sent stays.

Everything here runs in the transaction of the action that undoes something. Events are locked before
notifications, in the order that the expansion takes them, so that the two cannot wait for each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from ..crash_points import reach
from ..models import Delivery, Event, Notification
from ..models.notification import ACTORS_SAMPLE, NotificationQuerySet
from ..realtime import signals


def retract_events(events: QuerySet[Event]) -> None:
    """Undo these events as far as nobody has seen them."""
    rows = list(
        events.filter(state__in=(Event.State.PENDING, Event.State.DONE)).order_by("pk").select_for_update()
    )
    if not rows:
        return
    ids = [event.pk for event in rows]
    folded = {event.pk: event.notification_id for event in rows if event.notification_id}
    rows_unread = Notification.objects.open().filter(pk__in=set(folded.values())).order_by("pk")
    recipients = dict(rows_unread.select_for_update().values_list("pk", "recipient_id"))
    unread = set(recipients)
    seen = {event_id for event_id, notification_id in folded.items() if notification_id not in unread}
    undone = [event_id for event_id in ids if event_id not in seen]
    Event.objects.filter(pk__in=undone).update(
        state=Event.State.RETRACTED,
        outcome=Event.Outcome.UNDONE,
        ended_at=timezone.now(),
        notification_id=None,
        withdraw_at=None,
    )
    audience = [event.pk for event in rows if event.recipient_id is None]
    if audience:
        Notification.objects.open().filter(event_id__in=audience).delete()
        signals.changed_for_many()
    reach("in the middle of a retraction")
    refold(unread)
    signals.changed(recipients.values())
    skip(Delivery.objects.filter(event_id__in=ids), Delivery.Reason.UNDONE)


def withdraw_notifications(notifications: NotificationQuerySet, *, reason: Delivery.Reason) -> None:
    """Take these unread rows from their people's inboxes; their events end as no longer to be seen."""
    recipients = dict(notifications.open().values_list("pk", "recipient_id"))
    ids = list(recipients)
    if not ids:
        return
    Event.objects.filter(notification_id__in=ids).update(
        state=Event.State.RETRACTED, outcome=Event.Outcome.HIDDEN, notification_id=None
    )
    skip(Delivery.objects.filter(notification_id__in=ids), reason)
    Notification.objects.filter(pk__in=ids).delete()
    signals.changed(recipients.values())


def refold(notification_ids: Iterable[int]) -> None:
    """Make rows say again what their remaining events say, in a fixed number of statements."""
    ids = list(notification_ids)
    if not ids:
        return
    remaining: dict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(notification_id__in=ids, state=Event.State.DONE).order_by(
        "-created_at", "-pk"
    ):
        remaining[event.notification_id or 0].append(event)
    rows = Notification.objects.filter(pk__in=ids)
    rows.exclude(pk__in=remaining).delete()
    kept = list(rows.filter(pk__in=remaining))
    for row in kept:
        _describe(row, remaining[row.pk])
    Notification.objects.bulk_update(
        kept, ["actor", "actor_ids", "actors_count", "object_id", "created_at", "event_id"], batch_size=200
    )


def _describe(row: Notification, events: Sequence[Event]) -> None:
    """`events`: newest first, at least one."""
    actors = list(dict.fromkeys(event.actor_id for event in events))
    row.actors_count = len(actors)
    row.object_id = events[0].object_id
    row.created_at = events[0].created_at
    row.event_id = events[-1].pk
    if row.actor_ids:  # empty where the kind names nobody
        row.actor_ids = actors[:ACTORS_SAMPLE]
        row.actor_id = actors[0]


def skip(deliveries: QuerySet[Delivery], reason: Delivery.Reason) -> None:
    deliveries.filter(state__in=(Delivery.State.PENDING, Delivery.State.HELD)).update(
        state=Delivery.State.SKIPPED, reason=reason, ended_at=timezone.now()
    )
