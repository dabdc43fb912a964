"""What a person does with the inbox. Every write on it goes through here."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from ..models import Notification
from ..models.notification import NotificationQuerySet
from ..realtime import signals
from ..transactions import acting
from .states import Change, Deed, State, after, state_of

UNDO_WINDOW = timedelta(hours=1)  # after this, what was deleted may be pruned

Rows = QuerySet[Notification]


@dataclass(slots=True)
class Done:
    """What became of the rows: all that were found, as they are now, and what to take back to undo it."""

    rows: list[Notification]
    changes: list[Change] = field(default_factory=list)
    stayed_read: int = 0  # should be unread again, but a newer row about the same thing is


def do(user: Any, ids: Collection[int], *deeds: Deed, until: datetime | None = None) -> Done:
    """These deeds in this order on these rows, as far as they are the person's; `until` is for SNOOZE.

    One statement to lock and one to write, whatever the number of rows and deeds.
    """
    now = timezone.now()

    def decide(_row: Notification, state: State) -> State:
        for deed in deeds:
            state = after(deed, state, now=now, until=until)
        return state

    return _write(Notification.objects.filter(recipient=user, pk__in=ids), decide)


def undo(user: Any, changes: Sequence[Change]) -> Done:
    """Each row exactly as it was, where it still is as the deed left it."""
    by_row = {change.pk: change for change in changes}
    rows = Notification.objects.filter(recipient=user, pk__in=by_row)
    return _write(rows, lambda row, state: by_row[row.pk].taken_back(state))


def mark_read(notification: Notification) -> Notification:
    """Idempotent: the first time stays."""
    _read(notification.recipient_id, Notification.objects.filter(pk=notification.pk, read_at=None))
    notification.refresh_from_db(fields=["read_at"])
    return notification


def mark_all_read(
    user: Any, *, until: datetime | None = None, among: NotificationQuerySet | None = None
) -> tuple[int, datetime]:
    """How many were unread, and the time by which `undo_mark_all` knows them.

    With `until`, what arrived later stays unread: the person has not seen it yet. With `among`,
    only those of these rows are marked.
    """
    now = timezone.now()
    rows = (Notification.objects.of(user) if among is None else among).unread()
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    return _read(user.pk, rows, now), now


def undo_mark_all(user: Any, marked_at: datetime) -> int:
    rows = Notification.objects.of(user).shown().filter(read_at=marked_at)
    with acting():
        signals.changed([user.pk])
        return rows.exclude(newer()).update(read_at=None)


def mark_thing_read(user: Any, target_type: str, target_id: int) -> int:
    """Whoever opens the thing has seen what was to be said of it. What sleeps still comes back."""
    rows = Notification.objects.of(user).unread().filter(target_type=target_type, target_id=target_id)
    if not rows.exists():  # most views: no write lock for nothing
        return 0
    return _read(user.pk, rows)


def mark_seen(rows: Collection[Notification]) -> None:
    """They were shown. The rows in hand stay as they were, so that a page can say which are new."""
    unseen = [row.pk for row in rows if row.seen_at is None]
    if unseen:
        with acting():
            Notification.objects.filter(pk__in=unseen, seen_at=None).update(seen_at=timezone.now())


def newer() -> Exists:
    """Another unread row about the same thing: only one may be open (the index `ntf_open_group_once`)."""
    others = Notification.objects.open().exclude(pk=OuterRef("pk"))
    return Exists(others.filter(recipient=OuterRef("recipient"), group_key=OuterRef("group_key")))


def _read(recipient_id: int, rows: Rows, now: datetime | None = None) -> int:
    with acting():
        count = rows.update(read_at=now or timezone.now())
        if count:
            signals.changed([recipient_id])
    return count


def _write(rows: Rows, decide: Callable[[Notification, State], State]) -> Done:
    try:
        with acting():
            return _written(rows, decide)
    except IntegrityError:
        # News of the same thing came between the look and the write; a second look sees it.
        with acting():
            return _written(rows, decide)


def _written(rows: Rows, decide: Callable[[Notification, State], State]) -> Done:
    # Locked in the order in which the dispatcher takes them, so that the two cannot wait for each other.
    locked = rows.annotate(has_newer=newer()).order_by("group_key", "-created_at").select_for_update()
    found: list[Any] = list(locked)
    done = Done(found)
    opened: set[str] = set()
    for row in found:
        before = state_of(row)
        state = decide(row, before)
        if state.is_open and not before.is_open:
            if row.has_newer or row.group_key in opened:
                state = state._replace(read_at=before.read_at or timezone.now())
                done.stayed_read += 1
            opened.add(row.group_key)
        if state != before:
            done.changes.append(Change(row.pk, before, state))
            for name, value in state._asdict().items():
                setattr(row, name, value)
    _store(done)
    return done


def _store(done: Done) -> None:
    if not done.changes:
        return
    changed = {change.pk for change in done.changes}
    columns = {name for change in done.changes for name in change.columns}
    rows = [row for row in done.rows if row.pk in changed]
    Notification.objects.bulk_update(rows, sorted(columns))
    signals.changed({row.recipient_id for row in rows})
