"""What was put to sleep comes back at its time: swept by housekeeping, in small transactions.

A row that wakes is unread and stands on top: the moment it comes back is the time it is sorted by. So no
list needs another order for it, an open page counts it as news, and it stays unread when somebody marks
what was before them as read. When it first happened, its event says.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from ..models import Delivery, Notification
from ..models.notification import NotificationQuerySet
from ..outbox.withdrawal import withdraw_notifications
from ..outgoing.recheck import hidden_of
from ..realtime import signals
from ..realtime.revisions import take_revision
from ..transactions import dispatching
from .actions import newer

BATCH = 200  # rows a transaction


def wake_due(now: datetime | None = None, *, batch: int = BATCH) -> int:
    """How many rows it dealt with. Safe to run twice at once, and to be killed."""
    now = now or timezone.now()
    woken = 0
    while ids := list(_due(now).order_by("snoozed_until").values_list("pk", flat=True)[:batch]):
        try:
            with dispatching():
                count = _wake(ids, now)
        except IntegrityError:
            break  # news of the same came at that moment: the next sweep sees it
        if not count:
            break  # another process has them in hand
        woken += count
    return woken


def _due(now: datetime) -> NotificationQuerySet:
    return Notification.objects.filter(snoozed_until__lte=now)


def _wake(ids: Sequence[int], now: datetime) -> int:
    hidden = hidden_of(Notification.objects.filter(pk__in=ids))
    withdraw_notifications(Notification.objects.filter(pk__in=hidden), reason=Delivery.Reason.HIDDEN)
    due = _due(now).filter(pk__in=ids).annotate(has_newer=newer())
    in_order = due.order_by("recipient", "group_key", "-created_at")  # as the dispatcher takes them
    rows: list[Any] = list(in_order.select_for_update(skip_locked=True))
    # What was done or deleted meanwhile stays so, and what is out of sight rings nobody.
    back = [row for row in rows if not (row.deleted_at or row.done_at or row.pk in hidden)]
    unread: dict[tuple[int, str], int] = {}
    for row in back:
        if not row.has_newer:  # else that one is unread for both
            unread.setdefault((row.recipient_id, row.group_key), row.pk)
    woken = Notification.objects.filter(pk__in=[row.pk for row in rows])
    if back:
        news = woken.filter(pk__in=[row.pk for row in back])
        news.update(created_at=now, seen_at=None, revision=take_revision())
    woken.filter(pk__in=unread.values()).update(read_at=None)
    woken.update(snoozed_until=None)
    signals.changed(row.recipient_id for row in back)
    return len({row.pk for row in rows} | hidden)
