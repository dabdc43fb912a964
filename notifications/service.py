"""The one front door of the engine: tell it what happened, or that it is undone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import runner, trail
from .crash_points import reach
from .kinds import Kind
from .models import Delivery, Event
from .models.notification import NotificationQuerySet
from .outbox import stopping
from .outbox.withdrawal import retract_events, withdraw_notifications
from .outgoing import sending
from .outgoing.recheck import hidden_of
from .sql import adapted, among, id_list, values_clause

NEWS_AGAIN_AFTER = timedelta(hours=24)  # a button pressed again after this long is news again
_silenced: ContextVar[bool] = ContextVar("silenced", default=False)

_COLUMNS = (
    "kind", "key", "actor_id", "recipient_id", "target_type", "target_id", "object_id", "place_id",
    "group_key", "state", "outcome", "created_at", "run_at", "withdraw_at", "cursor", "attempts", "crashes",
    "last_error", "mail",
)  # fmt: skip


class NotificationService:
    @staticmethod
    def emit(kind: Kind, obj: Any, *, at: datetime | None = None) -> None:
        """Record what `obj` (the row just written) means to others, in the caller's transaction.

        Safe to call twice: a fact has one Event. Raises TransactionManagementError outside `atomic`,
        where a crash could keep the fact and lose its Event.
        """
        NotificationService.emit_all([(kind, obj)], at=at)

    @staticmethod
    def emit_all(facts: Sequence[tuple[Kind, Any]], *, at: datetime | None = None) -> None:
        """`emit` for several facts in one statement."""
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError(
                "An event must be written in the transaction of the action that it reports."
            )
        now = timezone.now()
        for toggles in (False, True):
            rows = [
                row
                for kind, obj in facts
                if kind.toggles == toggles
                for row in _rows(kind, obj, at or now, now)
            ]
            if rows:
                written = _insert(rows, again_before=now - NEWS_AGAIN_AFTER if toggles else None)
                if not _silenced.get():
                    trail.will_be_written(written)
                NotificationService.wake()

    @staticmethod
    def retract(events: QuerySet[Event]) -> None:
        """It is undone: withdraw what is unread and unsent of these events, in the caller's transaction."""
        retract_events(events)

    @staticmethod
    def call_off(events: QuerySet[Event]) -> bool:
        """Do not tell an audience later; False where that has begun. In the caller's transaction."""
        return stopping.call_off(events)

    @staticmethod
    def stop(events: QuerySet[Event]) -> None:
        """Tell nobody more, mail nobody more, and take back what is unread; the last two soon after."""
        stopping.stop(events)
        NotificationService.wake()

    @staticmethod
    def pause(events: QuerySet[Event]) -> None:
        """Of mailings: nothing more leaves until they are resumed. In the caller's transaction."""
        events.filter(paused_at=None).update(paused_at=timezone.now())

    @staticmethod
    def resume(events: QuerySet[Event]) -> None:
        events.update(paused_at=None)
        transaction.on_commit(sending.wake, robust=True)

    @staticmethod
    def withdraw(notifications: NotificationQuerySet) -> None:
        """Somebody lost sight of these: take back what is unread and unsent, in the caller's transaction."""
        withdraw_notifications(notifications, reason=Delivery.Reason.HIDDEN)

    @staticmethod
    def withdraw_hidden(notifications: NotificationQuerySet) -> None:
        """Somebody may have lost sight of some of these, with a role for instance: each is asked about."""
        hidden = hidden_of(notifications.open())
        NotificationService.withdraw(notifications.filter(pk__in=among(hidden)))

    @staticmethod
    def wake() -> None:
        """Ask for work to begin once this transaction is committed. Only a hint: the dispatcher polls."""
        # robust: the action is committed by then, and must not fail for the sake of a hint.
        transaction.on_commit(runner.wake, robust=True)

    @staticmethod
    @contextmanager
    def silenced() -> Iterator[None]:
        """For imports: facts are recorded as known, and nobody is told of them."""
        token = _silenced.set(True)
        try:
            yield
        finally:
            _silenced.reset(token)

    @staticmethod
    def is_silenced() -> bool:
        return _silenced.get()


def _rows(kind: Kind, obj: Any, at: datetime, now: datetime) -> Iterator[tuple[Any, ...]]:
    """The Event rows of one fact: one for each person it concerns, one for an audience or for watchers."""
    actor_id = kind.actor_id(obj)
    target_type, target_id = kind.target(obj)
    state, outcome = (
        (Event.State.DONE, Event.Outcome.SILENCED) if _silenced.get() else (Event.State.PENDING, "")
    )
    told_at = kind.happens_at(obj)
    watchers = [None] if kind.is_watched(obj) else []
    for recipient in (*kind.concerned(obj), *watchers):
        yield (
            kind.type, kind.key(obj, recipient), actor_id, recipient, target_type, target_id,
            kind.object_id(obj), kind.place_id(obj), kind.group_key(obj), state, outcome,
            max(at, told_at or at), max(now, told_at or now), kind.expires_at(obj), 0, 0, 0, "", "",
        )  # fmt: skip


def event_of(kind: Kind, obj: Any) -> Event:
    """The Event that `emit` would write of it for an audience, not written."""
    now = timezone.now()
    [row] = _rows(kind, obj, now, now)
    return Event(**dict(zip(_COLUMNS, row, strict=True)))


def _insert(rows: list[tuple[Any, ...]], *, again_before: datetime | None) -> list[int]:
    """One statement, whatever the number of rows. A key that exists stays as it is. Answers what was written.

    With `again_before`, a fact that was retracted is news once more, and so is one from before that time.
    """
    reach("before the event")
    again = again_before is not None
    written = _insert_once(rows, revive=again)
    if len(written) == len(rows) or not again:
        return written
    # Pressed again. What was told long ago keeps its rows under another key, and makes room for the news.
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE notifications_event SET key = key || '#' || id
            WHERE key IN {id_list(rows)} AND state <> 'pending' AND run_at < %s
            """,  # nosec B608 # names are ours, values are parameters
            [*(row[_COLUMNS.index("key")] for row in rows), adapted(again_before)],
        )
        if cursor.rowcount:
            written += _insert_once(rows, revive=True)
    return written


def _insert_once(rows: list[tuple[Any, ...]], *, revive: bool) -> list[int]:
    """Which rows were written; with `revive`, what was retracted is pending again."""
    placeholders, params = values_clause(rows)
    conflict = "DO NOTHING"
    if revive:
        conflict = """
            DO UPDATE SET
                state = excluded.state, outcome = excluded.outcome, created_at = excluded.created_at,
                run_at = excluded.run_at, object_id = excluded.object_id, notification_id = NULL,
                ended_at = NULL, attempts = 0, crashes = 0, last_error = '', mail = ''
            WHERE notifications_event.state = 'retracted'
        """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO notifications_event ({", ".join(_COLUMNS)}) VALUES {placeholders}
            ON CONFLICT (key) {conflict} RETURNING id
            """,  # nosec B608 # names are ours, values are parameters
            params,
        )
        reach("after the event")
        return [event_id for (event_id,) in cursor.fetchall()]
