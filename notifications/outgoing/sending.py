"""The lanes: one delivery at a time is checked, recorded, handed over, and its end recorded.

Each channel has lanes of its own, so that a mail server that is away delays mail alone. The hand-over is
committed before the network is touched, each message by itself. A process killed between the two leaves a
row in `sending`; it is handed over once more, of mail with the same Message-ID, and if that too ends in
silence the row says `uncertain` and stays.
"""

import logging
import os
import random
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from .. import channels
from ..channels.base import Result
from ..crash_points import reach
from ..models import Delivery
from . import recording, summaries
from .recheck import Checked, check
from .summaries import Gathered

logger = logging.getLogger(__name__)

PEEK = 50
Prepared = tuple[Any, Gathered | None]  # the message, and of a summary what it tells
_bells: dict[str, threading.Event] = defaultdict(threading.Event)
os.register_at_fork(after_in_child=_bells.clear)  # a thread that does not exist there may hold one


def bell(channel: str) -> threading.Event:
    """Rung where something is to be sent by this channel. Only a hint: its lanes poll."""
    return _bells[channel]


def wake(names: Iterable[str] | None = None) -> None:
    """The lanes of these channels, or all."""
    for name in [channel.name for channel in channels.in_use()] if names is None else names:
        _bells[name].set()


class Lane:
    """One thread's link to a channel's far end, reused from message to message. A context manager."""

    def __init__(self, worker: str, channel: str = "email") -> None:
        self.worker = worker or "inline"
        self._channel = channels.by_name(channel)()
        self._due: deque[int] = deque()
        self._pause_until = 0.0
        self._failures = 0

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
        if time.monotonic() < self._pause_until:
            return False
        if not self._due:
            due = Delivery.objects.by(self._channel.name).due(timezone.now())
            ids = list(due.values_list("pk", flat=True)[:PEEK])
            random.shuffle(ids)  # several lanes look at the same rows; let each begin with another
            self._due.extend(ids)
        if not self._due:
            return False
        self._deliver(self._due.popleft())
        return True

    def _deliver(self, delivery_id: int) -> None:
        delivery = Delivery.objects.due(timezone.now()).filter(pk=delivery_id).first()
        if delivery is None:
            return  # another lane has it
        try:
            prepared = self._summary(delivery) if delivery.is_summary else self._single(delivery)
        except (OperationalError, InterfaceError):
            raise  # the database is at fault, not this delivery
        except Exception as error:
            logger.exception("delivery %s could not be prepared", delivery_id)
            if delivery.is_summary:
                summaries.break_up(delivery)
            else:
                words = f"{type(error).__name__}: {error}"
                recording.postpone(delivery, words, from_state=Delivery.State.PENDING)
            return
        if prepared is None:
            return
        message, gathered = prepared
        reach("before the hand-over is recorded")
        attempt = recording.begin(delivery, self.worker, gathered)
        if attempt is None:
            return
        reach("before the hand-over")
        answer = self._channel.hand_over(message)
        reach("after the hand-over")
        recording.end(delivery, attempt, answer)
        reach("after its end is recorded")
        self._pause_after(answer.result)

    def _single(self, delivery: Delivery) -> Prepared | None:
        """The message about one event; None where it does not leave now."""
        checked = check(delivery)
        if not isinstance(checked, Checked):
            recording.skip(delivery, checked)
            return None
        if window := summaries.quiet_for(checked.kind, checked.recipient, timezone.now()):
            if self._channel.sums_up:
                summaries.hold(delivery, window)
            else:
                summaries.postpone(delivery, window)
            return None
        return self._channel.compose(delivery, checked), None

    def _summary(self, delivery: Delivery) -> Prepared | None:
        """The message about all that waited; None where it does not leave now, or has nothing to say."""
        gathered = summaries.gather(delivery)
        if not gathered.told:
            summaries.end_empty(delivery, gathered)
            return None
        recipient = gathered.told[0].recipient
        if window := summaries.window_of(recipient, timezone.now()):
            summaries.postpone(delivery, window)
            return None
        return self._channel.compose_summary(delivery, gathered.told), gathered

    def _pause_after(self, result: Result) -> None:
        """A server that is away is asked again after 1, 2, 4 … 30 seconds, not once for every message."""
        self._failures = self._failures + 1 if result is Result.UNREACHABLE else 0
        if self._failures:
            self._pause_until = time.monotonic() + min(30.0, 2.0 ** (self._failures - 1))
