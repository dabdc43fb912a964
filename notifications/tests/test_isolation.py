"""A bad event never stops a good one; what crashes its worker again and again is put aside.

CHAOS=full: five that kill their worker, among a thousand.
"""

import os
import signal
import socket
from collections.abc import Mapping, Sequence

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.engagement import LIKED
from community.engagement.posts import Liked
from community.models import Post
from conftest import MakeUser
from notifications.kinds import Fact
from notifications.models import Event, Notification, Worker
from notifications.outbox import pipeline, workers
from testing.forks import Fork

FULL = os.environ.get("CHAOS") == "full"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def queue(post: Post, make_user: MakeUser, settings: Settings) -> list[Event]:
    """Twenty likes of alice's post, waiting."""
    settings.NOTIFICATION_EXECUTOR = "threads"
    for number in range(20):
        actions.react(make_user(f"person-{number}"), post)
    return list(Event.objects.order_by("pk"))


def poison(monkeypatch: pytest.MonkeyPatch, event: Event, error: BaseException) -> None:
    """Deciding on this event raises."""
    decide = LIKED.refusals

    def refusals(self: Liked, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        if any(fact.id == event.pk for fact in facts):
            raise error
        return decide(facts)

    monkeypatch.setattr(Liked, "refusals", refusals)


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("no"), MemoryError(), RecursionError(), ValueError("\x00")], ids=repr
)
def test_the_others_of_a_batch_are_served(
    queue: list[Event], alice: User, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    poison(monkeypatch, queue[7], error)
    pipeline.drain()

    bad = Event.objects.get(pk=queue[7].pk)
    assert (bad.state, bad.attempts) == ("pending", 1)
    assert type(error).__name__ in bad.last_error
    assert bad.run_at > timezone.now()
    assert Notification.objects.of(alice).get().actors_count == 19


def test_after_eight_failures_it_is_dead_with_its_error(
    queue: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(monkeypatch, queue[7], ZeroDivisionError("still no"))
    for _ in range(10):
        pipeline.drain()
        Event.objects.filter(state="pending").update(run_at=timezone.now())

    bad = Event.objects.get(pk=queue[7].pk)
    assert (bad.state, bad.outcome, bad.attempts) == ("dead", "failed", 8)
    assert "still no" in bad.last_error


def test_a_kind_that_this_version_does_not_know_stops_nobody(queue: list[Event], alice: User) -> None:
    Event.objects.filter(pk=queue[0].pk).update(kind="FROM_THE_FUTURE")
    pipeline.drain()

    assert Notification.objects.of(alice).get().actors_count == 19
    assert "FROM_THE_FUTURE" in Event.objects.get(pk=queue[0].pk).last_error


def dead_worker(holding: list[int]) -> None:
    """A worker row whose process is gone: nobody has process 2^22 - 1 here."""
    Worker.objects.create(
        name=f"{socket.gethostname()[:48]}:4194303:dead",
        host=socket.gethostname()[:48],
        pid=4194303,
        holding=holding,
    )


def test_what_a_dead_worker_held_is_suspected_and_served_alone(queue: list[Event], alice: User) -> None:
    dead_worker([event.pk for event in queue[:5]])
    me = workers.register()

    assert workers.bury_the_dead(me) == 1
    assert set(Event.objects.filter(crashes=1).values_list("pk", flat=True)) == {e.pk for e in queue[:5]}

    pipeline.drain(me)
    assert Notification.objects.of(alice).get().actors_count == 20
    assert Worker.objects.get().holding == []


def test_what_was_there_at_three_deaths_is_put_aside(queue: list[Event], alice: User) -> None:
    me = workers.register()
    for _ in range(workers.DEATHS):
        dead_worker([queue[3].pk])
        workers.bury_the_dead(me)
    pipeline.drain(me)

    bad = Event.objects.get(pk=queue[3].pk)
    assert (bad.state, bad.outcome) == ("dead", "crashed")
    assert Notification.objects.of(alice).get().actors_count == 19


@pytest.mark.chaos
@pytest.mark.timeout(900 if FULL else 120)
def test_what_kills_its_process_is_put_aside_after_three_and_all_others_are_told(
    queue: list[Event], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly = add_deadly_ones(queue, post)
    decide = LIKED.refusals

    def refusals(self: Liked, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        if any(fact.id in deadly for fact in facts):
            os.kill(os.getpid(), signal.SIGKILL)
        return decide(facts)

    monkeypatch.setattr(Liked, "refusals", refusals)
    deaths = 0
    while Fork(bury_and_drain).wait(300):
        deaths += 1
    # Those of one batch are suspected together, by its one death.
    assert len(deadly) < deaths <= workers.DEATHS * len(deadly)
    assert set(Event.objects.filter(state="dead", outcome="crashed").values_list("pk", flat=True)) == deadly
    assert Event.objects.filter(outcome="notified").count() == Event.objects.count() - len(deadly)


def add_deadly_ones(queue: list[Event], post: Post) -> set[int]:
    if not FULL:
        return {queue[7].pk}
    fans = User.objects.bulk_create(User(username=f"f{n}", email=f"f{n}@example.com") for n in range(980))
    for fan in fans:
        actions.react(fan, post)
    return set(Event.objects.order_by("pk").values_list("pk", flat=True)[100::200])


def bury_and_drain() -> None:
    me = workers.register()
    workers.bury_the_dead(me)
    pipeline.drain(me)
    workers.leave(me)


def test_a_living_worker_is_left_alone_and_a_silent_one_is_not() -> None:
    me = workers.register()
    other = Worker.objects.create(name="elsewhere:1:x", host="elsewhere", pid=1)
    assert workers.bury_the_dead(me) == 0

    Worker.objects.filter(name=other.name).update(beat_at=timezone.now() - workers.SILENCE * 2)
    assert workers.bury_the_dead(me) == 1


def test_one_that_was_taken_for_dead_enters_itself_again() -> None:
    me = workers.register()
    workers.leave(me)
    workers.beat(me)

    assert Worker.objects.get().pid == os.getpid()
