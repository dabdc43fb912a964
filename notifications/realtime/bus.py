"""Hints from whoever committed something to the open streams, of this process or of all.

A hint carries ids and nothing else: what happened is read from the database, which alone is the truth. A
hint that is lost costs a few seconds (the hub's own catch-up), never a notification.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Hint:
    changed: frozenset[int] = frozenset()  # people whose inbox is not what it was
    everybody: bool = False  # the inboxes of more people than are worth naming
    access: frozenset[int] = frozenset()  # people who may have lost what they came in with


Listener = Callable[[Hint], None]


class MemoryBus:
    """Within one process: a listener is called in the thread that publishes, and must return at once."""

    is_shared = False  # whether other processes hear it too

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def listen(self, listener: Listener) -> None:
        self._listeners = (*self._listeners, listener)

    def leave(self, listener: Listener) -> None:
        self._listeners = tuple(each for each in self._listeners if each != listener)

    def publish(self, hint: Hint) -> None:
        for listener in self._listeners:
            listener(hint)

    def first_to_claim(self, names: Collection[str]) -> set[str]:
        """Those that no other process has claimed within the last minute."""
        return set(names)

    def state(self) -> str:
        """For /readyz: "ok", or what is wrong."""
        return "ok"

    def close(self) -> None:
        """The process ends."""


@cache
def current() -> MemoryBus:
    """The bus of this process: by REDIS_URL that of all, else its own."""
    if not settings.REDIS_URL:
        return MemoryBus()
    from .redis_bus import RedisBus  # loaded where it is used

    return RedisBus(settings.REDIS_URL)
