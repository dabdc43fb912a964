"""Who wrote to somebody's inbox says so here; open streams hear of it once the transaction is committed."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from . import bus
from .bus import Hint


class _AfterCommit:
    """What one transaction has to tell, in one hint."""

    def __init__(self) -> None:
        self.changed: set[int] = set()
        self.access: set[int] = set()
        self.everybody = False

    def __call__(self) -> None:
        hint = Hint(frozenset(self.changed), self.everybody, frozenset(self.access))
        bus.current().publish(hint)


def changed(user_ids: Iterable[int]) -> None:
    """The inboxes of these people changed, in the caller's transaction: news, or another unread count."""
    if people := set(user_ids):
        _tell(changed=people)


def changed_for_many() -> None:
    """`changed` for an audience: more people than are worth naming."""
    _tell(everybody=True)


def access_changed(user_ids: Iterable[int]) -> None:
    """These people may have lost what their streams came in with: a session, a token, the account."""
    if people := set(user_ids):
        _tell(access=people)


def _tell(*, changed: Iterable[int] = (), access: Iterable[int] = (), everybody: bool = False) -> None:
    collected = _collected_so_far()
    told = collected or _AfterCommit()
    told.changed.update(changed)
    told.access.update(access)
    told.everybody |= everybody
    if collected is None:
        # robust: the action is committed by then, and must not fail for the sake of a hint.
        transaction.on_commit(told, robust=True)


def _collected_so_far() -> _AfterCommit | None:
    """Of this transaction. What a savepoint collected goes with it when that is undone: it has to be one
    that is still open, or the transaction itself."""
    here = set(connection.savepoint_ids)
    waiting: list[Any] = connection.run_on_commit  # (savepoints, callback, robust)
    for savepoints, callback, _robust in reversed(waiting):
        if isinstance(callback, _AfterCommit) and savepoints <= here:
            return callback
    return None
