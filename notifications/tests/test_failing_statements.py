"""The database fails once, at each statement and at each commit between the press of a button and the mail:
nothing is lost and nothing comes twice.

By default at a few of the places, other ones on each database; CHAOS=full: at all of them.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post, PostReaction
from notifications.models import Delivery, Event, JobRun, Notification
from notifications.outbox import pipeline, reconciler, workers
from notifications.outgoing import recording, sending
from notifications.upkeep import schedule
from tests.shares import share

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases, pytest.mark.chaos]
ONE_IN = 20


class Fault:
    """Counts what the database is asked, and at one number has it fail."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.count = 0

    def is_now(self) -> bool:
        self.count += 1
        return self.count == self.at


def away() -> OperationalError:
    return OperationalError("server closed the connection unexpectedly")


@contextmanager
def of_a_statement(fault: Fault) -> Iterator[None]:
    def execute(execute: Callable[..., Any], *statement: Any) -> Any:
        if fault.is_now():
            raise away()
        return execute(*statement)

    with connection.execute_wrapper(execute):
        yield


@contextmanager
def of_a_commit(fault: Fault, *, was_done: bool) -> Iterator[None]:
    """`was_done`: it is committed, and the word of it is lost."""
    commit: Callable[[], None] = connection._commit  # type: ignore[attr-defined] # Django's own

    def fail_once() -> None:
        is_now = fault.is_now()
        if was_done or not is_now:
            commit()
        if is_now:
            raise away()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_commit", fail_once)
        yield


Failing = Callable[[Fault], AbstractContextManager[None]]
WAYS: dict[str, Failing] = {
    "statement": of_a_statement,
    "commit that fails": partial(of_a_commit, was_done=False),
    "commit whose word is lost": partial(of_a_commit, was_done=True),
}


@pytest.fixture(autouse=True)
def no_pauses(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the test drains
    monkeypatch.setattr(sending, "RECORD_PAUSE_SECONDS", 0)
    leases = schedule.get("leases")
    monkeypatch.setattr(schedule, "_jobs", {"leases": leases})


def again_and_again(work: Callable[[], object]) -> None:
    """As a person does, and as the loop of a dispatcher."""
    for _try in range(3):
        try:
            work()
        except OperationalError:
            continue
        return
    pytest.fail("it failed more than once")


def prepare() -> None:
    workers.register()  # dead, since it has our number
    JobRun.objects.all().delete()
    mail.outbox.clear()


def story(bob: User, post: Post) -> None:
    """A like, a worker's death that is noticed, all that is due, and what recurs."""
    again_and_again(lambda: actions.react(bob, post))
    name = "me:1:1"
    again_and_again(lambda: workers.beat(name))
    again_and_again(lambda: workers.bury_the_dead(name))
    again_and_again(lambda: pipeline.drain(name))
    again_and_again(lambda: schedule.run_due(name))
    again_and_again(lambda: workers.leave(name))


def recover() -> None:
    """What is left in hand runs out, as it does in time."""
    Delivery.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
    recording.take_back_expired()
    Delivery.objects.filter(state="pending").update(due_at=timezone.now())
    pipeline.drain()


def test_the_database_fails_once_at_each_place(post: Post, alice: User, bob: User) -> None:
    story(bob, post)  # what is asked once in the life of a process is asked
    for way, failing in WAYS.items():
        fault = Fault()
        counted = actions.create_post(alice, f"Counted for a {way}")
        prepare()
        with failing(fault):
            story(bob, counted)
        assert fault.count > 5
        for number in share(range(1, fault.count + 1), f"{way} on {connection.vendor}", of=ONE_IN):
            it_survives(bob, actions.create_post(alice, f"{way} {number}"), failing, Fault(number))
    assert reconciler.heal() == 0


def it_survives(bob: User, post: Post, failing: Failing, fault: Fault) -> None:
    prepare()
    with failing(fault):
        story(bob, post)
    assert fault.count >= fault.at
    recover()
    place = post.content
    assert PostReaction.objects.filter(post=post).count() == 1, place
    event = Event.objects.get(kind="LIKE", target_id=post.pk)
    assert event.outcome == "notified", place
    assert Notification.objects.get(kind="LIKE", target_id=post.pk).actors_count == 1, place
    assert Delivery.objects.get(event_id=event.pk).state == "sent", place
    assert 1 <= len(mail.outbox) <= 2, place
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1, place
