"""What is written down of a delivery's way out: before the network is touched, after it, and by others
where whoever touched it died. Every change asks for the state that it begins from.
"""

import operator
import random
from datetime import datetime, timedelta
from functools import reduce

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .. import channels, trail
from ..bouncing import suppressing
from ..bouncing.causes import cause_of
from ..channels.base import Answer, Result
from ..crash_points import reach
from ..models import Attempt, Bounce, Delivery
from ..transactions import dispatching
from . import budget, joining, summaries
from .recheck import Checked
from .summaries import Gathered

LEASE_SPENT = 0.25  # of a lease, at the most, before the network is touched: 45 of 60 seconds are left for it
NOT_BEGUN = "not begun"  # an attempt that touched no network


def skip(delivery: Delivery, reason: Delivery.Reason) -> None:
    with dispatching():
        skipped = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING).update(
            state=Delivery.State.SKIPPED, reason=reason, ended_at=timezone.now()
        )
    if skipped:
        trail.became("skipped", reason)


def begin(
    delivery: Delivery, worker: str, told: Gathered | Checked | None = None, *, now: datetime | None = None
) -> Attempt | None:
    """Commit that it is about to be handed over; None when another lane was first.

    Of a summary this ends what it has gathered; None also when that has changed, and is gathered anew.
    Raises budget.SpentError where its far end takes no more for now.
    """
    try:
        return _begin(delivery, worker, told, now)
    except (summaries.MembersChangedError, joining.NotNowError):
        return None


def _begin(
    delivery: Delivery, worker: str, told: Gathered | Checked | None, now: datetime | None
) -> Attempt | None:
    with dispatching():
        now = now or timezone.now()  # on SQLite the turn to write may have been waited for
        begun = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING).update(
            state=Delivery.State.SENDING,
            worker=worker,
            lease_until=now + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS),
            handovers=F("handovers") + 1,
            # What it waited for is over; why it leaves by itself stays true.
            reason=delivery.reason if delivery.reason in summaries.ALONE else "",
        )
        if not begun:
            return None
        if isinstance(told, Gathered):
            summaries.take(delivery, told)
        elif told is not None:
            joining.take_turn(delivery, told.kind, now)
        budget.take(channels.by_name(delivery.channel), is_urgent=delivery.is_urgent, now=now)
        reach("before the hand-over is committed")
        return Attempt.objects.create(delivery=delivery, worker=worker, started_at=now)


def has_time(attempt: Attempt, now: datetime) -> bool:
    """Whether enough of the lease is left: who was stopped before the hand-over may find another at it."""
    return now - attempt.started_at < timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS * LEASE_SPENT)


def give_back(delivery: Delivery, attempt: Attempt, now: datetime) -> None:
    """Nothing was handed over: it waits as it did, unless somebody else has it by now."""
    with dispatching():
        Attempt.objects.filter(pk=attempt.pk).update(ended_at=now, outcome=NOT_BEGUN)
        _still_mine(delivery, attempt).update(
            state=Delivery.State.PENDING, handovers=F("handovers") - 1, lease_until=None
        )
        budget.give_back(channels.by_name(delivery.channel), attempt.started_at)


def end(
    delivery: Delivery,
    attempt: Attempt,
    answer: Answer,
    *,
    is_free: bool = False,
    now: datetime | None = None,
) -> None:
    """`is_free`: what went wrong has nothing to do with this delivery, and costs it no try."""
    now, words = now or timezone.now(), answer.words[:500].replace("\x00", "")
    with dispatching():
        Attempt.objects.filter(pk=attempt.pk).update(ended_at=now, outcome=answer.result.value, answer=words)
        mine = _still_mine(delivery, attempt)
        match answer.result:
            case Result.SENT:
                # Also where the lease was lost meanwhile: what was sent is sent, and must not be repeated.
                sent = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.SENT)
                sent.update(
                    state=Delivery.State.SENT, reason="", ended_at=now, lease_until=None, last_error=""
                )
                reach("before its end is committed")
            case Result.REFUSED:
                mine.update(
                    state=Delivery.State.FAILED,
                    reason=Delivery.Reason.REFUSED,
                    ended_at=now,
                    last_error=words,
                )
                _hold_against(answer.address, words, delivery, attempt, now)
            case Result.UNANSWERED:
                mine.update(last_error=words)
                _repeat_or_give_up(mine, now)
            case _ if is_free:
                mine.update(
                    state=Delivery.State.PENDING,
                    handovers=F("handovers") - 1,
                    lease_until=None,
                    last_error=words,
                )
            case _ if mine.update(handovers=F("handovers") - 1):
                # A definite "not now": this was no hand-over.
                postpone(
                    delivery, words, from_state=Delivery.State.SENDING, at_least=answer.wait_seconds, now=now
                )
        if answer.result not in (Result.SENT, Result.UNANSWERED):
            budget.give_back(channels.by_name(delivery.channel), attempt.started_at)


def postpone(
    delivery: Delivery,
    error: str,
    *,
    from_state: Delivery.State,
    at_least: float = 0,
    now: datetime | None = None,
) -> None:
    """Try again by the schedule, and not before `at_least` seconds; or give up where it ends."""
    schedule = settings.NOTIFICATION_RETRY_SECONDS
    attempts = delivery.attempts + 1
    rows = Delivery.objects.filter(pk=delivery.pk, state=from_state)
    now = now or timezone.now()
    is_over = attempts > len(schedule)
    with dispatching():
        if is_over:
            changed = rows.update(
                state=Delivery.State.DEAD, reason=Delivery.Reason.EXHAUSTED, attempts=attempts, ended_at=now,
                last_error=error[:500],
            )  # fmt: skip
        else:
            wait = max(at_least, schedule[attempts - 1] * random.uniform(0.8, 1.2))  # nosec B311 # jitter
            changed = rows.update(
                state=Delivery.State.PENDING, attempts=attempts, due_at=now + timedelta(seconds=wait),
                lease_until=None, last_error=error[:500],
            )  # fmt: skip
    if changed and is_over:
        trail.died(delivery, tries=attempts)
    elif changed:
        trail.became("postponed", attempts=attempts)


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
    """For imports of what happened long ago: nobody is rung up. Answers how many were not sent."""
    with dispatching():
        return Delivery.objects.unsent().update(
            state=Delivery.State.SKIPPED, reason=Delivery.Reason.EXPIRED, ended_at=timezone.now()
        )


def _hold_against(address: str, words: str, delivery: Delivery, attempt: Attempt, now: datetime) -> None:
    """What the far end refused for good may be the mailbox: only mail has one."""
    if address:
        suppressing.note(
            address, cause_of(words), key=f"server.{attempt.pk}", source=Bounce.Source.SERVER, words=words,
            delivery_id=delivery.pk, now=now,
        )  # fmt: skip


def _still_mine(delivery: Delivery, attempt: Attempt) -> QuerySet[Delivery]:
    """Nobody else took it up since this hand-over of it began. `delivery`: as it was before."""
    return Delivery.objects.filter(
        pk=delivery.pk,
        state=Delivery.State.SENDING,
        worker=attempt.worker,
        handovers=delivery.handovers + 1,
    )


def _repeat_or_give_up(sending: QuerySet[Delivery], now: datetime | None = None) -> None:
    now = now or timezone.now()
    spent = (Q(channel=channel.name, handovers__gte=channel.handovers) for channel in channels.known())
    given_up = sending.filter(reduce(operator.or_, spent)).update(
        state=Delivery.State.UNCERTAIN, reason=Delivery.Reason.UNANSWERED, ended_at=now, lease_until=None
    )
    if given_up:
        trail.uncertain(given_up)
    wait = timedelta(seconds=settings.NOTIFICATION_REPEAT_SECONDS)
    sending.update(state=Delivery.State.PENDING, due_at=now + wait, lease_until=None)
