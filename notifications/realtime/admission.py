"""Who comes in: requests for a stream are looked at in batches, however many arrive at once."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from . import bus, credentials
from .credentials import Credential, Presented
from .reading import unread_counts
from .resume import Cursor
from .revisions import current_snapshot
from .tickets import Punch, Ticket

HANDSHAKES = 256  # at a time
PATIENCE_SECONDS = 55  # proxies wait for a minute as a rule


@dataclass(frozen=True, slots=True)
class Admitted:
    credential: Credential
    unread_count: int
    cursor: Cursor


class UnavailableError(Exception):
    """No stream just now: too many, the database is away, or the server is stopping."""


@dataclass(slots=True)
class _Handshake:
    shown: Presented | Ticket
    future: "asyncio.Future[Admitted | None]"
    since: float

    def refuse(self) -> None:
        if not self.future.done():
            self.future.set_exception(UnavailableError())


class Door:
    """Where those wait who want in."""

    def __init__(self) -> None:
        self._handshakes: deque[_Handshake] = deque()
        self._punch = Punch()

    def __len__(self) -> int:
        return len(self._handshakes)

    def come(self, shown: Presented | Ticket, *, at_once: bool) -> "asyncio.Future[Admitted | None]":
        """A ticket opens at once, unless other processes have to be asked whether it was used."""
        future: asyncio.Future[Admitted | None] = asyncio.get_running_loop().create_future()
        if at_once and isinstance(shown, Ticket) and not bus.current().is_shared:
            future.set_result(_of_ticket(shown) if self._punch.use_up(shown) else None)
        else:
            self._handshakes.append(_Handshake(shown, future, time.monotonic()))
        return future

    def send_away(self, *, all_of_them: bool = False) -> None:
        """Those who have waited too long, which a database that is away may bring about."""
        waited = time.monotonic() - PATIENCE_SECONDS
        while self._handshakes and (all_of_them or self._handshakes[0].since < waited):
            self._handshakes.popleft().refuse()

    def next_batch(self) -> "Batch | None":
        number = min(HANDSHAKES, len(self._handshakes))
        return Batch([self._handshakes.popleft() for _ in range(number)], self._punch) if number else None


class Batch:
    def __init__(self, handshakes: list[_Handshake], punch: Punch) -> None:
        self._handshakes = handshakes
        self._punch = punch

    def look(self) -> list[Admitted | None]:
        """In the thread of the jobs."""
        return look_at([each.shown for each in self._handshakes])

    def answer(self, found: list[Admitted | None]) -> None:
        for handshake, admitted in zip(self._handshakes, found, strict=True):
            used_up = isinstance(handshake.shown, Ticket) and not self._punch.use_up(handshake.shown)
            if not handshake.future.done():
                handshake.future.set_result(None if used_up else admitted)

    def refuse(self) -> None:
        for handshake in self._handshakes:
            handshake.refuse()


def look_at(shown: Collection[Presented | Ticket]) -> list[Admitted | None]:
    """Who each is, or None; in the order given. A fixed number of queries, and none for tickets."""
    tickets = {each.number for each in shown if isinstance(each, Ticket)}
    unused = bus.current().first_to_claim(tickets) if tickets else set()
    presented = [each for each in shown if isinstance(each, Presented)]
    find = _finder(presented) if presented else None

    def admitted(each: Presented | Ticket) -> Admitted | None:
        if isinstance(each, Ticket):
            return _of_ticket(each) if each.number in unused else None
        return find(each) if find else None

    return [admitted(each) for each in shown]


def _finder(presented: list[Presented]) -> Callable[[Presented], Admitted | None]:
    found = dict(zip(presented, credentials.check(presented), strict=True))
    # The counts are younger than the snapshot: what comes in between is told, and counted once more.
    cursor = Cursor(current_snapshot())
    unread = unread_counts({each.person_id for each in found.values() if each})

    def find(each: Presented) -> Admitted | None:
        credential = found[each]
        return Admitted(credential, unread[credential.person_id], cursor) if credential else None

    return find


def _of_ticket(ticket: Ticket) -> Admitted:
    return Admitted(ticket.credential, ticket.unread_count, ticket.cursor)
