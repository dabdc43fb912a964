"""While a far end is away one delivery each half minute tries, and the others keep their tries."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications import channels
from notifications.channels.base import Answer, Result
from notifications.models import Attempt, Breaker, Delivery, Event
from notifications.outbox import pipeline
from notifications.outgoing.sending import Lane
from notifications.tests.pigeons import LOFT, PigeonChannel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
AWAY, OURS, HERE = (
    Answer(Result.UNREACHABLE, "away"),
    Answer(Result.OURS, "wrong password"),
    Answer(Result.SENT),
)
FarEnd = Callable[[Answer], None]
SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def waiting(post: Post, bob: User, clock: Clock, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Ten messages to alice, for a channel whose far end answers as the test says."""
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests send
    monkeypatch.setattr(channels, "CHANNELS", [LOFT])
    monkeypatch.setattr(PigeonChannel, "lofts", {"alice"})
    monkeypatch.setattr(PigeonChannel, "carried", [])
    for number in range(10):
        actions.comment(bob, post, f"Seedling {number}?")
    while pipeline.expand_next():
        pass
    Delivery.objects.update(due_at=clock.now)


@pytest.fixture
def far_end(monkeypatch: pytest.MonkeyPatch) -> FarEnd:
    def answers(answer: Answer) -> None:
        monkeypatch.setattr(PigeonChannel, "answer", answer)

    return answers


def send(clock: Clock) -> int:
    """How many were handed over before a lane found nothing to do."""
    before = len(PigeonChannel.carried)
    lane = Lane("test", "pigeon", clock=clock)
    while lane.send_next():
        pass
    return len(PigeonChannel.carried) - before


def tries() -> int:
    return sum(Delivery.objects.values_list("attempts", flat=True))


def test_it_opens_after_five_failures_and_lets_one_through_each_half_minute(
    clock: Clock, far_end: FarEnd
) -> None:
    far_end(AWAY)
    assert send(clock) == 5
    assert send(clock) == 0
    for _ in range(3):
        clock.now += 29 * SECOND
        assert send(clock) == 0
        clock.now += SECOND
        assert send(clock) == 1

    assert tries() == 5  # spent before it opened, and none since
    assert Delivery.objects.filter(state="pending").count() == 10
    assert Attempt.objects.count() == 8


def test_the_first_that_gets_through_closes_it(clock: Clock, far_end: FarEnd) -> None:
    far_end(AWAY)
    send(clock)
    far_end(HERE)
    clock.now += 90 * SECOND

    assert send(clock) == 10
    assert Breaker.objects.get().opened_at is None
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_what_is_our_own_fault_opens_it_at_once_and_costs_nobody_a_try(
    clock: Clock, far_end: FarEnd, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    far_end(OURS)
    assert send(clock) == 1

    assert (tries(), Delivery.objects.filter(state="pending", handovers=0).count()) == (0, 10)
    assert "this site must be set right: wrong password" in caplog.text
    metrics = client.get("/metrics").content.decode()
    assert 'belltower_breaker_open{channel="pigeon"} 1.0' in metrics
    assert 'belltower_breaker_our_fault{channel="pigeon"} 1.0' in metrics


def test_any_answer_begins_the_count_anew(clock: Clock, far_end: FarEnd) -> None:
    lane = Lane("test", "pigeon", clock=clock)
    for answer in (AWAY, AWAY, AWAY, AWAY, Answer(Result.LATER), AWAY, AWAY, AWAY, AWAY):
        far_end(answer)
        assert lane.send_next()

    assert (Breaker.objects.get().failures, Breaker.objects.get().opened_at) == (4, None)


def test_one_that_may_try_and_is_not_wanted_any_more_leaves_its_turn_to_the_next(
    clock: Clock, far_end: FarEnd
) -> None:
    far_end(OURS)
    send(clock)
    others = Event.objects.order_by("pk")[1:]
    Event.objects.filter(pk__in=[event.pk for event in others]).delete()
    clock.now += 31 * SECOND

    assert send(clock) == 1


def test_of_all_lanes_one_tries(clock: Clock, far_end: FarEnd) -> None:
    far_end(OURS)
    lanes = [Lane(f"test-{number}", "pigeon", clock=clock) for number in range(3)]
    lanes[0].send_next()
    clock.now += 31 * SECOND

    assert [lane.send_next() for lane in lanes] == [True, False, False]
