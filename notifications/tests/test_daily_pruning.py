"""The sweeping of each day: by one process at a time, a moment at a time, and on from where another died."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from community.models import Post
from notifications.models import Event, JobRun, Notification
from notifications.realtime import bus
from notifications.realtime.bus import Hint
from notifications.upkeep import pruning, schedule
from notifications.upkeep.jobs import JOBS

from .scenes import likes

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each ends after one piece of work."""
    monkeypatch.setattr(pruning, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(pruning, "STRETCH", 2)
    monkeypatch.setattr(pruning, "BATCH", 2)


@pytest.fixture
def old(alice: User, bob: User, post: Post) -> None:
    likes(alice, bob, post, 7)
    long_ago = timezone.now() - 40 * DAY
    Notification.objects.update(created_at=long_ago)
    Event.objects.update(ended_at=long_ago)


@pytest.fixture(autouse=True)
def it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other job is due."""
    monkeypatch.setattr(schedule, "_jobs", {job.name: job for job in JOBS if job.name == pruning.JOB})


def take_a_turn(worker: str, now: datetime | None = None) -> bool:
    return bool(schedule.run_due(worker, now=now))


def turns(worker: str) -> int:
    """Until there is nothing to do."""
    for turn in range(100):
        if not take_a_turn(worker):
            return turn
    pytest.fail("it does not come to its end")


def test_it_comes_to_its_end_turn_by_turn_and_rests_until_the_next_day(old: None) -> None:
    assert turns("one") > 7
    run = JobRun.objects.get()
    assert run.counts == {"old": 7}
    assert run.ended_at
    assert not take_a_turn("one")
    assert take_a_turn("one", timezone.now() + DAY)
    assert JobRun.objects.count() == 2


def test_one_process_at_a_time(old: None) -> None:
    assert take_a_turn("one")
    assert not take_a_turn("two")
    assert take_a_turn("one")


def test_when_one_dies_another_goes_on_where_it_was(old: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for _turn in range(100):
        take_a_turn("one")
        if JobRun.objects.get().counts:
            break
    place = JobRun.objects.get().place
    assert place[0] == "read"
    JobRun.objects.update(lease_until=timezone.now() - DAY)
    begun: list[list[Any]] = []
    stretches = pruning._stretches

    def watched(at: list[Any], *rest: Any) -> Any:
        begun.append(list(at))
        return stretches(at, *rest)

    monkeypatch.setattr(pruning, "_stretches", watched)
    assert turns("two")
    assert begun[0] == place
    assert JobRun.objects.get().counts == {"old": 7}


def test_what_fails_leaves_a_count_that_is_true(old: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows and their number are committed together."""
    saved = pruning._save

    def fail(run: JobRun, *fields: str) -> None:
        if "counts" in fields:
            raise ZeroDivisionError
        saved(run, *fields)

    monkeypatch.setattr(pruning, "_save", fail)
    turns("one")
    assert Notification.objects.filter(kind="LIKE").count() == 7
    assert JobRun.objects.get().counts == {}
    assert "ZeroDivisionError" in JobRun.objects.get().error


@pytest.mark.django_db(transaction=True)
def test_whose_count_changes_is_told(old: None, alice: User) -> None:
    heard: list[Hint] = []
    bus.current().listen(heard.append)
    try:
        pruning.prune()
    finally:
        bus.current().leave(heard.append)
    assert {pk for hint in heard for pk in hint.changed} == {alice.pk}
