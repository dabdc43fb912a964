"""What has expired goes, a batch at a time, by however many turns."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tidying
from accounts.limits.attempts import Whose, attempt
from accounts.models import Attempts
from notifications.models import JobRun
from notifications.transactions import dispatching
from notifications.upkeep.schedule import begin_by_hand, no_rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> JobRun:
    monkeypatch.setattr(tidying, "BATCH", 20)
    return begin_by_hand(tidying.JOB.name)


def sessions(count: int, *, expired: bool, name: str = "") -> None:
    when = timezone.now() + timedelta(days=-1 if expired else 1)
    name = name or str(expired)
    Session.objects.bulk_create(
        [Session(session_key=f"{name}{n:05}", session_data="", expire_date=when) for n in range(count)]
    )


def test_what_has_expired_goes_and_nothing_else(run: JobRun, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"x": "1/m/key"}
    sessions(50, expired=True)
    sessions(3, expired=False)
    attempt("x", Whose(key="long ago"), now=timezone.now() - timedelta(minutes=2))
    attempt("x", Whose(key="now"))

    assert tidying.take_a_turn(run, no_rest) is False
    assert run.counts == {"sessions": 50, "attempts": 1}
    assert (Session.objects.count(), Attempts.objects.count()) == (3, 1)


def test_a_turn_ends_after_a_moment_and_the_next_goes_on(
    run: JobRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "TURN_SECONDS", 0)
    sessions(50, expired=True)
    rests: list[int] = []
    left = []
    while tidying.take_a_turn(run, lambda: rests.append(Session.objects.count())):
        left.append(Session.objects.count())
    assert left == rests == [30, 10, 0]


def test_a_runner_that_dies_leaves_the_rest_to_another(run: JobRun) -> None:
    sessions(50, expired=True)

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tidying.take_a_turn(run, die)
    assert Session.objects.count() == 30
    assert tidying.take_a_turn(begin_by_hand("another"), no_rest) is False
    assert not Session.objects.exists()


def test_a_session_that_is_used_at_the_last_moment_lives_on(
    run: JobRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions(1, expired=True)

    def used_meanwhile() -> Any:
        Session.objects.update(expire_date=timezone.now() + timedelta(days=1))
        return dispatching()

    monkeypatch.setattr(tidying, "dispatching", used_meanwhile)
    tidying.take_a_turn(run, no_rest)
    assert Session.objects.count() == 1


def test_a_batch_costs_two_statements_however_many_there_are(
    run: JobRun, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def of(count: int) -> int:
        sessions(count, expired=True, name=f"{count}-")
        return count_queries(lambda: tidying.take_a_turn(run, no_rest))

    nothing, one, three = of(0), of(20), of(60)
    assert nothing == len(tidying._expired)  # one look a kind
    assert one - nothing == 4  # a look and a deletion, and the transaction's two
    assert three - nothing == 3 * 4
