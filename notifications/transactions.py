"""Who writes next. SQLite has one writer at a time, and its own waiting line is unfair.

Requests and the dispatcher therefore queue in front of the database, in this process, and requests
go first: a person who presses a button waits for one short batch at the most. On PostgreSQL both
functions are plain transactions.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

BACKGROUND_YIELDS_SECONDS = 0.25  # under a steady stream of requests, the bell still rings


class _WriteTurn:
    """A lock whose foreground callers overtake background callers, until one of those has waited enough."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._condition = threading.Condition()
        self._owner: int | None = None
        self._foreground_waiting = 0
        self._overdue = 0  # background callers whose patience has ended: nobody overtakes them any more

    def is_mine(self) -> bool:
        return self._owner == threading.get_ident()

    def take(self, *, foreground: bool) -> None:
        with self._condition:
            if foreground:
                self._take_in_front()
            else:
                self._take_behind()
            self._owner = threading.get_ident()

    def _take_in_front(self) -> None:
        self._foreground_waiting += 1
        # Also not at once after one's own last turn, when somebody behind has waited enough.
        while self._owner is not None or self._overdue:
            self._condition.wait()
        self._foreground_waiting -= 1

    def _take_behind(self) -> None:
        yields_until = time.monotonic() + BACKGROUND_YIELDS_SECONDS
        while self._owner is not None or self._foreground_waiting:
            left = yields_until - time.monotonic()
            if left <= 0:
                break
            self._condition.wait(left)
        self._overdue += 1
        while self._owner is not None:
            self._condition.wait()
        self._overdue -= 1

    def give_back(self) -> None:
        with self._condition:
            self._owner = None
            self._condition.notify_all()


_turn = _WriteTurn()
os.register_at_fork(after_in_child=_turn.reset)  # the thread that held it does not exist in the child


@contextmanager
def _in_turn(*, foreground: bool) -> Iterator[None]:
    # Taking it twice would wait for itself: nested calls, and callbacks that run on commit.
    if connection.vendor != "sqlite" or connection.in_atomic_block or _turn.is_mine():
        with transaction.atomic():
            yield
        return
    _turn.take(foreground=foreground)
    try:
        with transaction.atomic():
            yield
    finally:
        _turn.give_back()


def is_away(error: BaseException | None) -> bool:
    """Whether the database is at fault, not what was asked of it."""
    # Of a connection that breaks in the middle of an answer, psycopg2 says only that it is an error.
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


@contextmanager
def acting() -> Iterator[None]:
    """A transaction that a person waits for."""
    with _in_turn(foreground=True):
        yield


@contextmanager
def dispatching() -> Iterator[None]:
    """A transaction that nobody waits for: it lets `acting` go first."""
    with _in_turn(foreground=False):
        yield
