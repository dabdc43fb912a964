"""Hints from whoever committed something to the open streams, of this process or of all.

A hint carries ids and nothing else: what happened is read from the database, which alone is the truth. A
hint that is lost costs a few seconds (the hub's own catch-up), never a notification.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    changed: frozenset[int] = frozenset()  # people whose inbox is not what it was
    everybody: bool = False  # the inboxes of more people than are worth naming
    access: frozenset[int] = frozenset()  # people who may have lost what they came in with


Listener = Callable[[Hint], None]


class MemoryBus:
    """Within one process: a listener is called in the thread that publishes, and must return at once."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def listen(self, listener: Listener) -> None:
        self._listeners = (*self._listeners, listener)

    def leave(self, listener: Listener) -> None:
        self._listeners = tuple(each for each in self._listeners if each != listener)

    def publish(self, hint: Hint) -> None:
        for listener in self._listeners:
            listener(hint)


_bus = MemoryBus()


def current() -> MemoryBus:
    """The bus of this process."""
    return _bus
