"""The threads of a serving process, or of a worker: real threads, real transactions.

CHAOS=full: started and stopped two hundred times, not six.
"""

import os
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connection, connections
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post, PostReaction
from conftest import MakeUser
from notifications.models import Delivery, Event, Notification, Worker
from notifications.outbox import dispatcher
from testing.deployment import at_work

STARTS = 200 if os.environ.get("CHAOS") == "full" else 6

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases, pytest.mark.engine]


@pytest.fixture
def running(settings: Settings) -> Iterator[dispatcher.Dispatcher]:
    with at_work(settings):
        yield dispatcher.start()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("notifications-")]


def until_done(seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not Event.objects.filter(state="pending").exists() and not Delivery.objects.open().exists():
            return
        time.sleep(0.02)
    pytest.fail("the dispatcher did not finish")


def test_a_like_is_told_within_a_moment_of_its_commit(
    running: dispatcher.Dispatcher, post: Post, alice: User, bob: User
) -> None:
    began = time.monotonic()
    actions.react(bob, post)
    until_done()

    assert Notification.objects.of(alice).get().actors_count == 1
    assert Delivery.objects.get().state == "sent"
    assert time.monotonic() - began < dispatcher.POLL_SECONDS * 5


def test_the_poll_finds_what_no_wake_up_told_of(
    running: dispatcher.Dispatcher, post: Post, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "wake", lambda: None)
    actions.react(bob, post)
    until_done()

    assert Notification.objects.of(alice).exists()


def test_the_action_returns_while_its_notification_cannot_be_written(
    running: dispatcher.Dispatcher, post: Post, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr("notifications.outbox.pipeline.expand_facts", lambda ids: gate.wait(10) and 0)
    actions.react(bob, post)

    assert PostReaction.objects.count() == 1
    assert not Notification.objects.exists()
    gate.set()


def test_an_error_in_a_thread_does_not_end_it(
    running: dispatcher.Dispatcher, post: Post, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notifications.outbox import pipeline

    serve, failures = pipeline.expand_next, [RuntimeError("the database is away")] * 2

    def fail_twice(worker: str) -> bool:
        if failures:
            raise failures.pop()
        return serve(worker)

    monkeypatch.setattr(pipeline, "expand_next", fail_twice)
    actions.react(bob, post)
    until_done()

    assert Notification.objects.of(alice).exists()


def test_a_stopped_dispatcher_leaves_no_worker_and_no_lease(
    post: Post, bob: User, settings: Settings
) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    dispatcher.start()
    actions.react(bob, post)
    began = time.monotonic()
    assert dispatcher.stop()

    assert time.monotonic() - began < dispatcher.STOP_SECONDS
    assert not Worker.objects.exists()
    assert not Delivery.objects.filter(state="sending").exists()


@pytest.mark.chaos
def test_starting_and_stopping_many_times_leaves_no_thread_and_no_file(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    dispatcher.start()
    dispatcher.stop()
    before = threading.active_count(), open_files()
    for _ in range(STARTS):
        assert simultaneously(4, dispatcher.start) == []
        assert dispatcher.start() is dispatcher.start()
        assert Worker.objects.count() == 1
        dispatcher.stop()

    assert threading.active_count() == before[0]
    assert abs(open_files() - before[1]) <= 2


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_child_of_a_fork_has_no_dispatcher_until_it_starts_its_own(running: dispatcher.Dispatcher) -> None:
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        os._exit(1 if dispatcher.is_alive() else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert dispatcher.is_alive()


def simultaneously(number: int, work: object) -> list[BaseException]:
    """`work` in as many threads at once; what they raised."""
    barrier, errors = threading.Barrier(number), list[BaseException]()

    def run() -> None:
        barrier.wait()
        try:
            work()  # type: ignore[operator]
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_thirty_two_presses_at_once_are_one_like(
    running: dispatcher.Dispatcher, post: Post, alice: User, bob: User
) -> None:
    errors = simultaneously(32, lambda: actions.react(bob, post))
    until_done()

    assert errors == []
    assert PostReaction.objects.count() == Event.objects.count() == Notification.objects.count() == 1


def test_thirty_two_comments_at_once_with_the_same_words_are_one(
    running: dispatcher.Dispatcher, post: Post, alice: User, bob: User
) -> None:
    errors = simultaneously(32, lambda: actions.comment(bob, post, "Me too"))
    until_done()

    assert errors == []
    assert post.comments.count() == Event.objects.count() == Notification.objects.count() == 1


def test_many_people_at_once_fold_into_one_row(
    running: dispatcher.Dispatcher, post: Post, alice: User, make_user: MakeUser
) -> None:
    fans = [make_user(f"fan-{n}") for n in range(16)]
    errors = simultaneously(16, lambda: actions.react(fans.pop(), post))
    until_done()

    assert errors == []
    assert Notification.objects.of(alice).get().actors_count == 16
    assert Delivery.objects.count() == 1
