"""What a person does with the inbox. Every write on it goes through here."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from .models import Notification
from .realtime import signals
from .transactions import acting

UNDO_WINDOW = timedelta(hours=1)  # after this, what was deleted may be pruned


def mark_read(notification: Notification) -> Notification:
    """Idempotent: the first time stays."""
    with acting():
        Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=timezone.now())
        signals.changed([notification.recipient_id])
    notification.refresh_from_db(fields=["read_at"])
    return notification


def mark_unread(notification: Notification) -> bool:
    """Undo reading; False where a newer row about the same thing has taken its place."""
    with acting():
        signals.changed([notification.recipient_id])
        return bool(_reopen(Notification.objects.filter(pk=notification.pk)))


def mark_all_read(
    user: Any, *, until: datetime | None = None, priority: Notification.Priority | None = None
) -> tuple[int, datetime]:
    """How many were unread, and the time by which `undo_mark_all` knows them.

    With `until`, what arrived later stays unread: the person has not seen it yet. With `priority`,
    only those of that priority are marked.
    """
    now = timezone.now()
    rows = Notification.objects.of(user).unread()
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    if priority is not None:
        rows = rows.filter(priority=priority)
    with acting():
        signals.changed([user.pk])
        return rows.update(read_at=now), now


def undo_mark_all(user: Any, marked_at: datetime) -> int:
    with acting():
        signals.changed([user.pk])
        return _reopen(Notification.objects.of(user).shown().filter(read_at=marked_at))


def mark_thing_read(user: Any, target_type: str, target_id: int) -> int:
    """Whoever opens the thing has seen what was to be said of it."""
    rows = Notification.objects.of(user).unread().filter(target_type=target_type, target_id=target_id)
    if not rows.exists():  # most views: no write lock for nothing
        return 0
    with acting():
        signals.changed([user.pk])
        return rows.update(read_at=timezone.now())


def delete(notification: Notification) -> None:
    with acting():
        Notification.objects.filter(pk=notification.pk, deleted_at=None).update(deleted_at=timezone.now())
        signals.changed([notification.recipient_id])


def undo_delete(user: Any, notification_id: int) -> bool:
    """False where there is nothing to bring back, or a newer row has taken its place."""
    rows = Notification.objects.filter(
        pk=notification_id, recipient=user, deleted_at__gt=timezone.now() - UNDO_WINDOW
    )
    with acting():
        signals.changed([user.pk])
        return bool(rows.filter(read_at__isnull=False).update(deleted_at=None)) or bool(
            rows.exclude(_newer()).update(deleted_at=None)
        )


def _reopen(rows: QuerySet[Notification]) -> int:
    return rows.exclude(_newer()).update(read_at=None)


def _newer() -> Exists:
    """An unread row about the same thing: only one may be open (the index `ntf_open_group_once`)."""
    return Exists(
        Notification.objects.open().filter(recipient=OuterRef("recipient"), group_key=OuterRef("group_key"))
    )
