"""The mail lane: one delivery at a time is checked, recorded, handed over, and its end recorded.

The hand-over is committed before the network is touched, each mail by itself. A process killed between
the two leaves a row in `sending`; it is handed over once more, with the same Message-ID, and if that
too ends in silence the row says `uncertain` and stays.
"""

import logging
import random
import threading
import time
from collections import deque
from datetime import timedelta
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ..channels.email import EmailChannel
from ..channels.smtp import Result
from ..crash_points import reach
from ..models import Attempt, Delivery
from ..transactions import dispatching
from . import summaries
from .recheck import Checked, check
from .summaries import Gathered

logger = logging.getLogger(__name__)

HANDOVERS = 2  # never more copies of one mail than this
PEEK = 50
bell = threading.Event()
Prepared = tuple[EmailMultiAlternatives, Gathered | None]


def wake() -> None:
    bell.set()


class Lane:
    """One thread's connection to the mail server, reused from mail to mail. A context manager."""

    def __init__(self, worker: str) -> None:
        self.worker = worker or "inline"
        self._channel = EmailChannel()
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
        """Nothing to do: let go of the mail server."""
        self._channel.close()

    def send_next(self) -> bool:
        """Bring one delivery to its end, or nearer to it; False when none is due."""
        if time.monotonic() < self._pause_until:
            return False
        if not self._due:
            ids = list(Delivery.objects.due(timezone.now()).values_list("pk", flat=True)[:PEEK])
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
                _postpone(delivery, f"{type(error).__name__}: {error}", from_state=Delivery.State.PENDING)
            return
        if prepared is None:
            return
        message, gathered = prepared
        reach("before the hand-over is recorded")
        attempt = _begin(delivery, self.worker, gathered)
        if attempt is None:
            return
        reach("before the hand-over")
        result, answer = self._channel.hand_over(message)
        reach("after the hand-over")
        _end(delivery, attempt, result, answer)
        reach("after its end is recorded")
        self._pause_after(result)

    def _single(self, delivery: Delivery) -> Prepared | None:
        """The mail about one event; None where it does not leave now."""
        checked = check(delivery)
        if not isinstance(checked, Checked):
            _skip(delivery, checked)
            return None
        if window := summaries.quiet_for(checked.kind, checked.recipient, timezone.now()):
            summaries.hold(delivery, window)
            return None
        return self._channel.compose(delivery, checked), None

    def _summary(self, delivery: Delivery) -> Prepared | None:
        """The mail about all that waited; None where it does not leave now, or has nothing to say."""
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
        """A server that is away is asked again after 1, 2, 4 … 30 seconds, not once for every mail."""
        self._failures = self._failures + 1 if result is Result.UNREACHABLE else 0
        if self._failures:
            self._pause_until = time.monotonic() + min(30.0, 2.0 ** (self._failures - 1))


def _skip(delivery: Delivery, reason: Delivery.Reason) -> None:
    with dispatching():
        Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING).update(
            state=Delivery.State.SKIPPED, reason=reason, ended_at=timezone.now()
        )


def _begin(delivery: Delivery, worker: str, gathered: Gathered | None = None) -> Attempt | None:
    """Commit that the mail is about to be handed over; None when another lane was first.

    Of a summary this ends what it has `gathered`; None also when that has changed, and is gathered anew.
    """
    try:
        return _begin_hand_over(delivery, worker, gathered)
    except summaries.MembersChangedError:
        return None


def _begin_hand_over(delivery: Delivery, worker: str, gathered: Gathered | None) -> Attempt | None:
    now = timezone.now()
    with dispatching():
        begun = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING).update(
            state=Delivery.State.SENDING,
            worker=worker,
            lease_until=now + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS),
            handovers=F("handovers") + 1,
        )
        if not begun:
            return None
        if gathered is not None:
            summaries.take(delivery, gathered)
        reach("before the hand-over is committed")
        return Attempt.objects.create(delivery=delivery, worker=worker, started_at=now)


def _end(delivery: Delivery, attempt: Attempt, result: Result, answer: str) -> None:
    now = timezone.now()
    with dispatching():
        Attempt.objects.filter(pk=attempt.pk).update(ended_at=now, outcome=result.value, answer=answer[:500])
        mine = Delivery.objects.filter(pk=delivery.pk)
        if result is Result.SENT:
            # Also where the lease was lost meanwhile: what was sent is sent, and must not be repeated.
            mine.exclude(state=Delivery.State.SENT).update(
                state=Delivery.State.SENT, reason="", ended_at=now, lease_until=None, last_error=""
            )
            reach("before its end is committed")
            return
        mine = mine.filter(state=Delivery.State.SENDING, worker=attempt.worker)
        if result is Result.REFUSED:
            mine.update(
                state=Delivery.State.FAILED,
                reason=Delivery.Reason.REFUSED,
                ended_at=now,
                last_error=answer[:500],
            )
        elif result is Result.UNANSWERED:
            _repeat_or_give_up(mine)
        else:
            # A definite "not now": this was no hand-over.
            if mine.update(handovers=F("handovers") - 1):
                _postpone(delivery, answer, from_state=Delivery.State.SENDING)


def _postpone(delivery: Delivery, error: str, *, from_state: Delivery.State) -> None:
    """Try again by the schedule, or give up where it ends."""
    schedule = settings.NOTIFICATION_RETRY_SECONDS
    attempts = delivery.attempts + 1
    rows = Delivery.objects.filter(pk=delivery.pk, state=from_state)
    now = timezone.now()
    with dispatching():
        if attempts > len(schedule):
            rows.update(
                state=Delivery.State.DEAD, reason=Delivery.Reason.EXHAUSTED, attempts=attempts, ended_at=now,
                last_error=error[:500],
            )  # fmt: skip
        else:
            wait = schedule[attempts - 1] * random.uniform(0.8, 1.2)  # nosec B311 # jitter
            rows.update(
                state=Delivery.State.PENDING, attempts=attempts, due_at=now + timedelta(seconds=wait),
                lease_until=None, last_error=error[:500],
            )  # fmt: skip


def take_back(worker: str) -> None:
    """The worker is dead: what it was sending may or may not have gone out. Needs a transaction."""
    _repeat_or_give_up(Delivery.objects.filter(state=Delivery.State.SENDING, worker=worker))


def take_back_expired() -> None:
    """The same for every lease that ended, whatever became of its holder."""
    expired = Q(state=Delivery.State.SENDING, lease_until__lt=timezone.now())
    if Delivery.objects.filter(expired).exists():
        with dispatching():
            _repeat_or_give_up(Delivery.objects.filter(expired))


def expire_waiting() -> int:
    """For imports of what happened long ago: nobody is mailed about it. Answers how many were not sent."""
    with dispatching():
        return Delivery.objects.unsent().update(
            state=Delivery.State.SKIPPED, reason=Delivery.Reason.EXPIRED, ended_at=timezone.now()
        )


def _repeat_or_give_up(sending: QuerySet[Delivery]) -> None:
    now = timezone.now()
    sending.filter(handovers__gte=HANDOVERS).update(
        state=Delivery.State.UNCERTAIN, reason=Delivery.Reason.UNANSWERED, ended_at=now, lease_until=None
    )
    wait = timedelta(seconds=settings.NOTIFICATION_RETRY_SECONDS[0])
    sending.update(state=Delivery.State.PENDING, due_at=now + wait, lease_until=None)
