"""News of an audience that ends before all have read it: called off, stopped, or over by its own date.

What is unread leaves the inboxes and what waits is not mailed, a batch a transaction, so that nobody waits
for a large audience; `Event.withdraw_at` says that it is due, and is emptied when it is done. Meanwhile
the last look before sending (`recheck.py`) and the kind itself keep back what is over.
"""

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from ..models import Delivery, Event, Notification
from ..realtime import signals
from ..transactions import dispatching


def call_off(events: QuerySet[Event]) -> bool:
    """As if it had never been said, where nobody was told yet; False where it has begun.

    Needs a transaction. Waits for a chunk that is being told, and then sees that it was.
    """
    waiting = events.filter(state=Event.State.PENDING, cursor=0, told=0).select_for_update()
    event_id = waiting.values_list("pk", flat=True).first()
    return event_id is not None and bool(Event.objects.filter(pk=event_id).delete()[0])


def stop(events: QuerySet[Event]) -> None:
    """Nobody more is told. Needs a transaction; what was told is withdrawn batch by batch afterwards."""
    now = timezone.now()
    running = events.exclude(outcome__in=(Event.Outcome.STOPPED, Event.Outcome.EXPIRED))
    ids = list(running.order_by("pk").select_for_update().values_list("pk", flat=True))
    Event.objects.filter(pk__in=ids, state=Event.State.PENDING).update(state=Event.State.DONE, ended_at=now)
    Event.objects.filter(pk__in=ids).update(outcome=Event.Outcome.STOPPED, withdraw_at=now)


def is_over(event: Event) -> bool:
    return event.withdraw_at is not None and event.withdraw_at <= timezone.now()


def withdraw_next() -> bool:
    """Take back the next batch of what is over; False where there is none."""
    over = Event.objects.filter(withdraw_at__lte=timezone.now()).order_by("withdraw_at", "pk")
    event_id = over.values_list("pk", flat=True).first()
    if event_id is None:
        return False
    with dispatching():
        # A chunk that is being told holds the row: after it no other begins.
        event = over.filter(pk=event_id).select_for_update().first()
        if event is not None:
            _withdraw(event)
    return True


def _withdraw(event: Event) -> None:
    stopped = event.outcome == Event.Outcome.STOPPED
    taken = _take_unread(event, saved_too=stopped)
    skipped = _skip_waiting(event, Delivery.Reason.STOPPED if stopped else Delivery.Reason.EXPIRED)
    if taken or skipped:
        return
    event.withdraw_at = None
    if event.state == Event.State.PENDING:
        event.state, event.ended_at = Event.State.DONE, timezone.now()
    event.outcome = Event.Outcome.STOPPED if stopped else Event.Outcome.EXPIRED
    event.save(update_fields=["withdraw_at", "state", "ended_at", "outcome"])


def _take_unread(event: Event, *, saved_too: bool) -> int:
    """What somebody saved stays when its time is over, but not where it is taken back."""
    rows = Notification.objects.open().filter(event_id=event.pk)
    if not saved_too:
        rows = rows.filter(saved_at=None)
    found = dict(rows.order_by("recipient").values_list("pk", "recipient_id")[: _batch()])
    if found:
        rows.filter(pk__in=found).delete()
        signals.changed(found.values())
    return len(found)


def _skip_waiting(event: Event, reason: Delivery.Reason) -> int:
    waiting = Delivery.objects.unsent().filter(event_id=event.pk)
    ids = list(waiting.order_by("recipient").values_list("pk", flat=True)[: _batch()])
    if ids:
        waiting.filter(pk__in=ids).update(
            state=Delivery.State.SKIPPED, reason=reason, ended_at=timezone.now()
        )
    return len(ids)


def _batch() -> int:
    """Rows a transaction; on SQLite every writer waits for it."""
    return 500 if connection.vendor == "sqlite" else 5_000
