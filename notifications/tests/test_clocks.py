"""Clocks that differ, and clocks that are set: nothing is taken from who works on it, nothing waits an hour.

The clocks of people, with summer time and leap days, are those of test_quiet.py and test_cadence.py.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications.models import Delivery, Event, JobRun, Notification, Worker
from notifications.outbox import pipeline, workers
from notifications.outgoing import recording
from notifications.upkeep import schedule, set_back

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SKEW = 30 * SECOND
SetTo = Callable[[datetime], None]


@pytest.fixture
def set_to() -> Iterator[SetTo]:
    """The clock of whoever acts next; it stands still."""
    clock = time_machine.travel(NOON, tick=False)
    traveller = clock.start()
    yield traveller.move_to
    clock.stop()


@pytest.fixture(autouse=True)
def by_hand(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """No threads, and of what recurs one job."""
    settings.NOTIFICATION_EXECUTOR = "threads"
    monkeypatch.setattr(schedule, "_jobs", {"leases": schedule.get("leases")})


@pytest.mark.parametrize("difference", [SKEW, -SKEW], ids=["ahead", "behind"])
def test_half_a_minute_of_difference_takes_nothing_from_anybody(
    set_to: SetTo, post: Post, bob: User, difference: timedelta
) -> None:
    actions.react(bob, post)
    me = Worker.objects.create(name="here:1:a", host="here", pid=1, beat_at=NOON, started_at=NOON)
    while pipeline.expand_next():
        pass
    recording.begin(Delivery.objects.get(), me.name)
    schedule.run_due(me.name)
    runs = JobRun.objects.count()

    set_to(NOON + difference)
    other = workers.register()
    assert not set_back.mend()
    assert workers.bury_the_dead(other) == 0
    recording.take_back_expired()
    assert Delivery.objects.get().state == "sending"
    assert me.name in workers.alive()
    schedule.run_due(other)
    set_to(NOON)
    schedule.run_due(me.name)
    by_due_time = JobRun.objects.values_list("job", "due_at")
    assert len(set(by_due_time)) == len(by_due_time) >= runs
    assert not JobRun.objects.filter(tries__gt=1).exists()


def test_an_hour_forward_costs_at_the_most_a_second_copy(set_to: SetTo, post: Post, bob: User) -> None:
    actions.react(bob, post)
    while pipeline.expand_next():
        pass
    recording.begin(Delivery.objects.get(), "here:1:a")
    set_to(NOON + HOUR)
    recording.take_back_expired()
    set_to(NOON + HOUR + 11 * MINUTE)
    pipeline.drain()
    assert (Delivery.objects.get().state, Delivery.objects.get().handovers, len(mail.outbox)) == (
        "sent",
        2,
        1,
    )


def test_an_hour_back_delays_by_a_minute_what_waited_for_its_moment(
    set_to: SetTo, post: Post, alice: User, bob: User, chloe: User
) -> None:
    me = workers.register()
    schedule.run_due(me)
    set_to(NOON + HOUR)
    schedule.run_due(me)
    actions.react(bob, post)
    while pipeline.expand_next():
        pass
    actions.comment(chloe, post, "Any left?")
    actions.react(chloe, post)
    planned = Event.objects.filter(kind="LIKE", actor=chloe)
    planned.update(run_at=NOON + 3 * HOUR)
    Worker.objects.create(name="elsewhere:1:a", host="elsewhere", pid=1)

    set_to(NOON)
    assert pipeline.drain() == (0, 0)
    assert schedule.run_due(me) == 0
    assert set_back.mend()
    assert not set_back.mend()
    pipeline.drain()
    assert Notification.objects.of(alice).count() == len(mail.outbox) == 2
    assert planned.get().run_at == NOON + 3 * HOUR
    set_to(NOON + 2 * MINUTE)
    assert schedule.run_due(me) > 0
    workers.beat(me)
    assert workers.bury_the_dead(me) == 1, "whoever died before is missed in time"
