"""Is what the engine promises true of this database? Each check counts the rows that say no.

Reads only. A healthy site under load answers 0 to all of them: what is merely on its way is left time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import kinds
from ..inbox.actions import UNDO_WINDOW
from ..models import Delivery, Event, Notification
from ..outbox import reconciler
from ..outgoing import holding
from .retention import young

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OVERDUE = timedelta(minutes=5)  # later than this, what is due is not being worked on
LEASE_GRACE = timedelta(minutes=1)  # housekeeping takes back what died within this time


@dataclass(frozen=True, slots=True)
class Check:
    promise: "_StrPromise"
    broken: Callable[[datetime], int]


def facts_without_event(now: datetime) -> int:
    since, until = now - reconciler.WINDOW, now - reconciler.SETTLE
    return sum(len(reconciler.missing(kind, since, until)) for kind in kinds.with_mailings())


def overdue_events(now: datetime) -> int:
    return Event.objects.due(now - OVERDUE).count()


def events_without_row(now: datetime) -> int:
    """Of those that ended so lately that a row deleted by its owner could not have been pruned yet."""
    rows = Notification.objects.filter(pk=OuterRef("notification_id"))
    told = Event.objects.filter(outcome=Event.Outcome.NOTIFIED, ended_at__gt=now - UNDO_WINDOW)
    return told.filter(state=Event.State.DONE).exclude(Exists(rows)).count()


def rows_without_event(now: datetime) -> int:
    """Of those whose event cannot have been pruned."""
    return Notification.objects.filter(young(now)).exclude(_exists(Event, "event_id")).count()


def rows_of_nobody(now: datetime) -> int:
    return _of_nobody(Notification.objects.all(), "recipient_id", "actor_id")


def events_of_nobody(now: datetime) -> int:
    return _of_nobody(Event.objects.all(), "recipient_id", "actor_id")


def miscounted_rows(now: datetime) -> int:
    """Unread rows that name another number of people than their events. What is just folding in is left."""
    folding = Event.objects.filter(
        state=Event.State.PENDING, recipient=OuterRef("recipient"), group_key=OuterRef("group_key")
    )
    events = Event.objects.filter(notification_id=OuterRef("pk"), state=Event.State.DONE)
    people = (
        events.order_by()
        .values("notification_id")
        .annotate(people=Count(Coalesce("actor_id", Value(0)), distinct=True))
        .values("people")
    )
    # An audience is told in one statement; its rows are each of one act, and no event points at them.
    of_audience = Event.objects.filter(pk=OuterRef("event_id"), recipient=None)
    rows = Notification.objects.open().filter(young(now))
    rows = rows.exclude(Exists(of_audience)).exclude(Exists(folding))
    return rows.exclude(actors_count=Coalesce(people, Value(0))).count()


def stuck_deliveries(now: datetime) -> int:
    ended = Q(lease_until__lt=now - LEASE_GRACE) | Q(lease_until=None)
    return Delivery.objects.filter(ended, state=Delivery.State.SENDING).count()


def undead_deliveries(now: datetime) -> int:
    """Waiting although every try is used up, or although nothing can still be expected of it."""
    schedule = settings.NOTIFICATION_RETRY_SECONDS
    longest = timedelta(seconds=settings.NOTIFICATION_EMAIL_DELAY_SECONDS + 1.2 * sum(schedule))
    forgotten = Q(created_at__lt=now - longest, due_at__lt=now - OVERDUE)
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING)
    return waiting.running().filter(forgotten | Q(attempts__gt=len(schedule))).count()


def undone_deliveries(now: datetime) -> int:
    undone = Event.objects.filter(pk=OuterRef("event_id"), state=Event.State.RETRACTED)
    return Delivery.objects.unsent().filter(Exists(undone)).count()


def orphaned_deliveries(now: datetime) -> int:
    """Kept for a summary that will never take them. What a restore holds is kept for nothing but a word."""
    summary = Delivery.objects.open().filter(pk=OuterRef("summary_id"))
    held = Delivery.objects.filter(~Exists(summary), state=Delivery.State.HELD)
    if holding.is_held():
        held = held.exclude(reason=Delivery.Reason.RESTORED)
    return held.count()


def overdue_withdrawals(now: datetime) -> int:
    return Event.objects.filter(withdraw_at__lt=now - OVERDUE).count()


def unread_but_done(now: datetime) -> int:
    return Notification.objects.filter(done_at__isnull=False, read_at=None).count()


def overslept_rows(now: datetime) -> int:
    return Notification.objects.filter(snoozed_until__lt=now - OVERDUE).count()


def doubled_rows(now: datetime) -> int:
    """Unread rows beyond the one that there may be of a group key."""
    groups = Notification.objects.open().order_by().values("recipient", "group_key")
    doubled = groups.annotate(rows=Count("pk")).filter(rows__gt=1)
    return sum(doubled.annotate(surplus=F("rows") - 1).values_list("surplus", flat=True))


CHECKS = [
    Check(_("facts of the last hour without an event"), facts_without_event),
    Check(_("events that have been due for five minutes"), overdue_events),
    Check(_("told events of the last hour whose row is missing"), events_without_row),
    Check(_("rows of the inbox without an event"), rows_without_event),
    Check(_("rows of the inbox of people who do not exist"), rows_of_nobody),
    Check(_("events of people who do not exist"), events_of_nobody),
    Check(_("unread rows whose number of people is not that of their events"), miscounted_rows),
    Check(_("deliveries being sent past their lease"), stuck_deliveries),
    Check(_("deliveries that wait past their last try"), undead_deliveries),
    Check(_("deliveries that wait although their event was undone"), undone_deliveries),
    Check(_("stopped or expired news that has not been withdrawn for five minutes"), overdue_withdrawals),
    Check(_("deliveries kept for a summary that is over"), orphaned_deliveries),
    Check(_("second unread rows of one group key"), doubled_rows),
    Check(_("rows of the inbox that are done and yet unread"), unread_but_done),
    Check(_("rows of the inbox that should have come back five minutes ago"), overslept_rows),
]


def audit(now: datetime | None = None) -> Iterator[tuple[Check, int]]:
    """Each check with its count, as soon as it is known."""
    now = now or timezone.now()
    for check in CHECKS:
        yield check, check.broken(now)


def _exists(model: type[Model], field: str) -> Exists:
    return Exists(model._default_manager.filter(pk=OuterRef(field)))


def _of_nobody(rows: QuerySet[Any], *fields: str) -> int:
    """Rows where one of these columns names a person who is not there; NULL names nobody."""
    missing = Q()
    for field in fields:
        missing |= Q(**{f"{field}__isnull": False}) & ~Q(_exists(get_user_model(), field))
    return rows.filter(missing).count()
