"""A far end that is away is not asked for every delivery, and what waits for it is not worn out.

After five failures in a row, or one that is this site's own fault, a channel's breaker opens: of all lanes
in all processes one delivery each half minute tries, and costs nothing but that. Whoever gets through
closes it. It stands in the database (`Breaker`), where operators and other processes see it.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import Q

from ..channels.base import Answer, Result
from ..models import Breaker
from ..transactions import dispatching
from .queue import Room

logger = logging.getLogger(__name__)

FAILURES = 5  # in a row
PROBE = timedelta(seconds=30)


class Gate:
    """One lane's way through its channel's breaker."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._has_failed = False
        self._is_probe = False

    def room(self, now: datetime) -> Room:
        """Whether anything may be handed over: all there is, or the one that tries."""
        if self._is_probe:
            return Room.ONE
        breaker = Breaker.objects.filter(pk=self._channel).first()
        self._has_failed = breaker is not None and breaker.failures > 0
        if breaker is None or breaker.opened_at is None:
            return Room.FREE
        self._is_probe = _claim_probe(breaker, now)
        return Room.ONE if self._is_probe else Room.NONE

    def learn(self, answer: Answer, now: datetime) -> bool:
        """From what a hand-over brought. True where the delivery is not to blame, and keeps its tries."""
        self._is_probe = False
        if answer.result in (Result.UNREACHABLE, Result.OURS):
            self._has_failed = True
            return _fail(self._channel, answer, now)
        if self._has_failed:
            self._has_failed = False
            _close(self._channel, now)
        return False


def _claim_probe(breaker: Breaker, now: datetime) -> bool:
    if breaker.probe_at is not None and breaker.probe_at > now:
        return False
    due = Breaker.objects.filter(Q(probe_at__lte=now) | Q(probe_at=None), pk=breaker.pk)
    with dispatching():
        return bool(due.update(probe_at=now + PROBE))


def _fail(channel: str, answer: Answer, now: datetime) -> bool:
    with dispatching():
        breaker, _made = _locked(channel)
        was_open = breaker.opened_at is not None
        breaker.failures += 1
        breaker.is_our_fault = answer.result is Result.OURS
        breaker.last_error = answer.words[:500].replace("\x00", "")
        if not was_open and (breaker.is_our_fault or breaker.failures >= FAILURES):
            breaker.opened_at = now
        if breaker.opened_at is not None:
            breaker.probe_at = now + PROBE
        breaker.save()
    if breaker.opened_at is not None and not was_open:
        why = "this site must be set right" if breaker.is_our_fault else "its far end is away"
        logger.error(
            "nothing is sent by %s but a try each %s seconds, for %s: %s",
            channel, PROBE.seconds, why, breaker.last_error,
        )  # fmt: skip
    return was_open or breaker.is_our_fault


def _close(channel: str, now: datetime) -> None:
    with dispatching():
        breaker, _made = _locked(channel)
        opened_at = breaker.opened_at
        Breaker.objects.filter(pk=channel).update(
            failures=0, opened_at=None, probe_at=None, is_our_fault=False, last_error=""
        )
    if opened_at is not None:
        logger.warning("%s is sent again, after %s", channel, now - opened_at)


def _locked(channel: str) -> tuple[Breaker, bool]:
    return Breaker.objects.select_for_update().get_or_create(pk=channel)
