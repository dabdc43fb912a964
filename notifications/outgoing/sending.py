"""The lanes: one delivery at a time is checked, recorded, handed over, and its end recorded.

Each channel has lanes of its own, so that a mail server that is away delays mail alone. The hand-over is
committed before the network is touched, each message by itself. A process killed between the two leaves a
row in `sending`; it is handed over once more, of mail with the same Message-ID, and if that too ends in
silence the row says `uncertain` and stays.
"""

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, NamedTuple, Self

from django.db import DatabaseError, connection
from django.utils import timezone

from .. import channels, hints, trail
from ..channels.base import Answer, Result
from ..crash_points import reach
from ..models import Attempt, Delivery
from ..models.delivery import Cadence
from ..steering.quiet import Window
from ..transactions import is_away
from . import holding, joining, meeting, recording, summaries
from .breaker import Gate
from .budget import SpentError
from .queue import Queue, Room
from .recheck import Checked, check
from .summaries import Gathered

logger = logging.getLogger(__name__)

SPENT_AT_MOST = timedelta(minutes=5)  # until a channel whose budget is spent is asked again, whatever it said
RECORD_SECONDS, RECORD_PAUSE_SECONDS = 20, 0.5
_bells: dict[str, threading.Event] = defaultdict(threading.Event)
os.register_at_fork(after_in_child=_bells.clear)  # a thread that does not exist there may hold one


def bell(channel: str) -> threading.Event:
    """Rung where something is to be sent by this channel. Only a hint: its lanes poll."""
    return _bells[channel]


def ring(names: Iterable[str] | None = None) -> None:
    """The lanes of these channels, or all, in this process."""
    for name in _all() if names is None else names:
        _bells[name].set()


def wake(names: Iterable[str] | None = None) -> None:
    """The lanes of these channels, or all, wherever they are."""
    ring(names)
    hints.send(_all() if names is None else names)


def _all() -> list[str]:
    return [channel.name for channel in channels.in_use()]


class Prepared(NamedTuple):
    message: Any
    of: Gathered | Checked  # what it tells

    @property
    def event_ids(self) -> list[int]:
        told = self.of.told if isinstance(self.of, Gathered) else [self.of]
        return [one.event.pk for one in told]


class Lane:
    """One thread's link to a channel's far end, reused from message to message. A context manager."""

    def __init__(
        self,
        worker: str,
        channel: str = "email",
        *,
        queue: Queue | None = None,
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        """`queue`: one that other lanes of this process take from as well."""
        self.worker = worker or "inline"
        self._channel = channels.by_name(channel)()
        self._queue = Queue(type(self._channel)) if queue is None else queue
        self._clock = clock
        self._spent_until: datetime | None = None
        self._gate = Gate(self._channel.far_end or channel) if self._channel.has_breaker else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()

    def rest(self) -> None:
        """Nothing to do: let go of the far end."""
        self._channel.close()

    def send_next(self) -> bool:
        """Bring one delivery to its end, or nearer to it; False when none is due."""
        if self._queue.is_empty and not self._queue.look(self._clock(), self._room):
            return False
        delivery_id = self._queue.take()
        if delivery_id is None:
            return True
        try:
            self._deliver(delivery_id)
        finally:
            self._queue.let_go(delivery_id)
        return True

    def _room(self) -> Room:
        if holding.is_held():
            return Room.NONE
        if self._spent_until and self._clock() < self._spent_until:
            return Room.NONE
        return self._gate.room(self._clock()) if self._gate else Room.FREE

    def _deliver(self, delivery_id: int) -> None:
        delivery = self._channel.due(self._clock()).filter(pk=delivery_id).first()
        if delivery is not None:  # else another lane has it
            with trail.delivering(delivery):
                self._bring_on(delivery)

    def _bring_on(self, delivery: Delivery) -> None:
        try:
            prepared = self._summary(delivery) if delivery.is_summary else self._single(delivery)
        except Exception as error:
            if is_away(error):
                raise
            logger.exception("delivery %s could not be prepared", delivery.pk)
            if delivery.is_summary:
                summaries.break_up(delivery)
            else:
                words = f"{type(error).__name__}: {error}"
                recording.postpone(delivery, words, from_state=Delivery.State.PENDING)
            return
        if prepared is None:
            return
        reach("before the hand-over is recorded")
        try:
            attempt = recording.begin(delivery, self.worker, prepared.of, now=self._clock())
        except SpentError as spent:
            self._wait_for_budget(delivery, spent.until)
            return
        if attempt is None:
            return
        reach("before the hand-over")
        if not recording.has_time(attempt, self._clock()):
            recording.give_back(delivery, attempt, self._clock())
            return
        answer = self._channel.hand_over(prepared.message)
        reach("after the hand-over")
        trail.became(answer.result.value, event_ids=prepared.event_ids)
        self._end(delivery, attempt, answer)
        reach("after its end is recorded")

    def _wait_for_budget(self, delivery: Delivery, until: datetime) -> None:
        """What can be told with others is; the rest waits by itself."""
        now = self._clock()
        folds = self._channel.sums_up and not (delivery.is_summary or delivery.is_urgent)
        folds = folds and summaries.may_join(delivery)
        joining.hold(delivery, Cadence.BUDGET, Window(now, until), sums_up=folds)
        if (
            not self._channel.sums_up
        ):  # thousands of copies wait as they are: to look at each costs as a mail does
            self._spent_until = min(until, now + SPENT_AT_MOST)

    def _end(self, delivery: Delivery, attempt: Attempt, answer: Answer) -> None:
        """Also where the database is away at that moment: what was sent and is not recorded is sent again."""
        until, is_free = time.monotonic() + RECORD_SECONDS, None
        while True:
            try:
                if is_free is None:
                    is_free = self._learn(answer)
                recording.end(delivery, attempt, answer, is_free=is_free, now=self._clock())
            except DatabaseError as error:
                if not is_away(error) or time.monotonic() > until or connection.in_atomic_block:
                    raise
                logger.warning("the end of delivery %s is not recorded yet", delivery.pk, exc_info=True)
                connection.close()
                time.sleep(RECORD_PAUSE_SECONDS)
            else:
                return

    def _learn(self, answer: Answer) -> bool:
        if self._gate is None:
            return False
        if answer.result in (Result.UNREACHABLE, Result.OURS):
            self._queue.forget()
        return self._gate.learn(answer, self._clock())

    def _single(self, delivery: Delivery) -> Prepared | None:
        """The message about one event; None where it does not leave now."""
        checked = check(delivery)
        if not isinstance(checked, Checked):
            recording.skip(delivery, checked)
            return None
        now, sums_up = self._clock(), self._channel.sums_up
        if checked.for_summary and summaries.may_join(delivery):
            joining.join_chosen([delivery.pk], now)
            return None
        if window := summaries.quiet_for(checked.kind, checked.recipient, now):
            joining.hold(delivery, Cadence.QUIET, window, sums_up=sums_up)
            return None
        if sums_up and (window := joining.soon_after_another(delivery, checked.kind, now)):
            joining.hold(delivery, Cadence.TOGETHER, window)
            return None
        return Prepared(self._channel.compose(delivery, checked), checked)

    def _summary(self, delivery: Delivery) -> Prepared | None:
        """The message about all that waited; None where it does not leave now, or has nothing to say."""
        gathered = summaries.gather(delivery)
        if not gathered.told:
            summaries.end_empty(delivery, gathered)
            return None
        recipient = gathered.told[0].recipient
        if window := summaries.window_of(recipient, self._clock()):
            joining.wait_for_quiet_to_end(delivery, window)
            return None
        if meeting.meet(delivery, recipient, self._clock()):
            return None  # they are one now, and that one is due
        return Prepared(self._channel.compose_summary(delivery, gathered.told), gathered)
