"""How long rows are kept, and the sweeping: in small transactions, so that nobody waits for it.

Safe to stop at any moment and to run twice at once.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from knox.models import get_token_model

from .inbox import UNDO_WINDOW
from .models import Attempt, Delivery, Event, Notification
from .models.notification import OPEN
from .transactions import dispatching

KEPT = timedelta(days=90)  # ended events and deliveries
BATCH = 500  # rows a transaction

Progress = Callable[[int, int], None]  # told how many rows are done, and of how many


def in_use(now: datetime) -> Q:
    """Rows of the inbox that still fold, or are young: their events are kept, however old."""
    return OPEN | young(now)


def young(now: datetime) -> Q:
    """Rows of the inbox whose events are surely there."""
    return Q(created_at__gte=now - KEPT)


def no_progress(done: int, total: int) -> None:
    """For callers who do not watch."""


def prune_deleted_rows(now: datetime | None = None, progress: Progress = no_progress) -> int:
    """What its owner deleted, once it cannot be undone any more."""
    now = now or timezone.now()
    return _sweep(Notification.objects.filter(deleted_at__lt=now - UNDO_WINDOW), _delete, progress)


def prune_events(now: datetime | None = None, progress: Progress = no_progress) -> int:
    now = now or timezone.now()
    rows = Notification.objects.filter(in_use(now))
    needed = rows.filter(Q(pk=OuterRef("notification_id")) | Q(event_id=OuterRef("pk")))
    old = Event.objects.exclude(state=Event.State.PENDING).filter(_ended_before(now - KEPT))
    return _sweep(old.exclude(Exists(needed)), _delete, progress)


def prune_deliveries(now: datetime | None = None, progress: Progress = no_progress) -> int:
    """With their attempts."""
    now = now or timezone.now()
    open_states = (Delivery.State.PENDING, Delivery.State.HELD, Delivery.State.SENDING)
    old = Delivery.objects.exclude(state__in=open_states).filter(_ended_before(now - KEPT))
    return _sweep(old, _delete_with_attempts, progress)


def prune_tokens(now: datetime | None = None, progress: Progress = no_progress) -> int:
    """Keys to the API that do not open it any more."""
    now = now or timezone.now()
    return _sweep(get_token_model().objects.filter(expiry__lt=now), _delete, progress)


def _ended_before(moment: datetime) -> Q:
    return Q(ended_at__lt=moment) | Q(ended_at=None, created_at__lt=moment)


def _sweep(rows: QuerySet[Any], delete: Callable[[QuerySet[Any]], None], progress: Progress) -> int:
    """Batch by batch in the order of the key, so that rows that stay are passed once."""
    model, total, done = rows.model, rows.count(), 0
    for ids in _batches(rows):
        with dispatching():
            # Asked again under the lock: a row may have come back to life meanwhile.
            chosen = list(rows.filter(pk__in=ids).values_list("pk", flat=True))
            delete(model._default_manager.filter(pk__in=chosen))
        done += len(chosen)
        progress(done, max(done, total))
    return done


def _batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    last: Any = None
    while True:
        page = rows if last is None else rows.filter(pk__gt=last)
        ids = list(page.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _delete(rows: QuerySet[Any]) -> None:
    rows.delete()


def _delete_with_attempts(deliveries: QuerySet[Any]) -> None:
    Attempt.objects.filter(delivery__in=deliveries).delete()
    deliveries.delete()
