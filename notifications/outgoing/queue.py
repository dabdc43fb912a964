"""What is due by one channel, for the lanes of one process: each delivery in one hand.

What needs its person goes first. No recipient domain is spoken to faster than it may be: what is too much
for this moment gets a moment of its own, so that nobody else's waits behind it.
"""

import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from django.db import connection

from ..channels.base import Channel
from ..models import Delivery
from ..sql import adapted, rows_clause
from ..transactions import dispatching
from .joining import join_chosen
from .pacer import Pacer

PEEK = 50


class Room(Enum):
    """How many may leave by this channel now."""

    NONE = 0
    ONE = 1
    FREE = 2


class _Due(NamedTuple):
    id: int
    recipient_id: int | None
    address: str  # of a mailing
    is_urgent: bool
    waits_for: str


class Queue:
    def __init__(self, channel: type[Channel], *, is_paced: bool = True) -> None:
        self._channel = channel
        self._pacer = Pacer(channel.per_second() if is_paced else 0)
        self._lock = threading.Lock()
        self._waiting: deque[int] = deque()
        self._in_hand: set[int] = set()
        self._have_waited: set[int] = set()  # since we set their moment; when it comes, nobody passes them

    @property
    def is_empty(self) -> bool:
        """As far as it knows without asking the database."""
        return not self._waiting

    def look(self, now: datetime, room: Callable[[], Room] = lambda: Room.FREE) -> bool:
        """Ask the database where nothing is known; whether there is anything to send now.

        Where there is no room, what is due stays as it is. `room` is asked only if something is due.
        """
        with self._lock:
            while not self._waiting and (due := self._due(now)):
                if joining := [one.id for one in due if one.waits_for == Delivery.Reason.SUMMARY]:
                    join_chosen(joining, now)
                    continue
                match room():
                    case Room.NONE:
                        return False
                    case Room.ONE:
                        self._waiting.append(random.choice(due).id)  # nosec B311 # no secret
                        return True
                later = self._paced(due, now)
                fresh = [one.id for one in due if one.id not in later]
                random.shuffle(fresh)  # other processes look at the same rows; let each begin with another
                self._waiting.extend(fresh)
                _postpone(later)
            return bool(self._waiting)

    def take(self) -> int | None:
        with self._lock:
            if not self._waiting:
                return None  # another lane was first
            delivery_id = self._waiting.popleft()
            self._in_hand.add(delivery_id)
            return delivery_id

    def let_go(self, delivery_id: int) -> None:
        with self._lock:
            self._in_hand.discard(delivery_id)

    def forget(self) -> None:
        """Whether any of them may be sent is asked anew."""
        with self._lock:
            self._waiting.clear()

    def _due(self, now: datetime) -> list[_Due]:
        rows = self._channel.due(now)
        for is_urgent in (True, False):
            columns = ("pk", "recipient_id", "address", "is_urgent", "reason")
            some = rows.filter(is_urgent=is_urgent).values_list(*columns)
            found = [_Due(*row) for row in some[: PEEK + len(self._in_hand)] if row[0] not in self._in_hand]
            if found:
                return found
        return []

    def _paced(self, due: Sequence[_Due], now: datetime) -> dict[int, datetime]:
        """Those that have to wait, and until when. What is urgent waits for nobody, and counts."""
        if not self._pacer.per_second:
            return {}
        domains = self._channel.domains({one.recipient_id for one in due if one.recipient_id})
        later = {}
        for one in due:
            domain = one.address.rpartition("@")[2] or domains.get(one.recipient_id or 0, "")
            has_waited = one.id in self._have_waited
            if self._pacer.may_leave(domain, now, has_waited=has_waited, is_urgent=one.is_urgent):
                self._have_waited.discard(one.id)
            else:
                later[one.id] = self._pacer.moment(domain, now)
        self._have_waited.update(later)
        return later


def _postpone(later: dict[int, datetime]) -> None:
    if not later:
        return
    rows, param = rows_clause("id bigint, due_at text", [(pk, str(adapted(at))) for pk, at in later.items()])
    moment = "CAST(v.due_at AS timestamptz)" if connection.vendor == "postgresql" else "v.due_at"
    with dispatching(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE notifications_delivery SET due_at = {moment} FROM {rows} AS v
            WHERE notifications_delivery.id = v.id AND notifications_delivery.state = 'pending'
            """,  # nosec B608 # names are ours, values are parameters
            [param],
        )
