"""The database is held up, hangs up, or is full: whoever waits goes on by themselves, and nobody is told yes
to what is not committed.

CHAOS=full: held up twenty times for ten seconds, hung up on twenty times, and no connection left (where the
server is ours).
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Post, PostReaction
from notifications.models import Delivery, Event, Notification
from notifications.outbox import dispatcher
from testing import postgresql

from .stream_scene import wait_for

FULL = os.environ.get("CHAOS") == "full"
TIMES, HELD_SECONDS = (20, 10.0) if FULL else (2, 0.2)
PATIENCE_SECONDS = 60
THREADS = "notifications-"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.chaos,
    pytest.mark.timeout(600 if FULL else 120),
]


@pytest.fixture
def at_work(settings: Settings, post: Post) -> Iterator[None]:
    """A dispatcher with all its threads, which are there at the end as well."""
    settings.NOTIFICATION_EXECUTOR = "threads"
    dispatcher.start()
    began_with = threads()
    yield
    assert threads() == began_with
    assert dispatcher.stop()


def threads() -> list[str]:
    return sorted(each.name for each in threading.enumerate() if each.name.startswith(THREADS))


def all_told() -> bool:
    try:
        return not Event.objects.filter(state="pending").exists() and not Delivery.objects.open().exists()
    except (OperationalError, InterfaceError):
        connection.close()
        return False


def test_who_is_held_up_waits_and_goes_on(at_work: None, post: Post, alice: User, bob: User) -> None:
    for number in range(TIMES):
        post = actions.create_post(alice, f"Post {number}")
        with a_foreign_writer(seconds=HELD_SECONDS):
            actions.react(bob, post)
    wait_for(all_told, PATIENCE_SECONDS)
    assert Notification.objects.of(alice).count() == PostReaction.objects.count() == TIMES
    assert Delivery.objects.filter(state="sent").count() == TIMES


@contextmanager
def a_foreign_writer(*, seconds: float) -> Iterator[None]:
    """Of another program, that knows nothing of the turn in which this one writes: it has the lock."""
    has_it = threading.Event()

    def hold() -> None:
        if connection.vendor == "sqlite":
            name = str(connection.settings_dict["NAME"])
            with closing(sqlite3.connect(name, timeout=30, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                has_it.set()
                time.sleep(seconds)
                other.execute("ROLLBACK")
        else:
            with closing(connection.copy()) as copy, copy.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("LOCK TABLE notifications_event, notifications_delivery IN EXCLUSIVE MODE")
                has_it.set()
                time.sleep(seconds)
                cursor.execute("ROLLBACK")

    holder = threading.Thread(target=hold)
    holder.start()
    assert has_it.wait(PATIENCE_SECONDS)
    yield
    holder.join()


if connection.vendor == "sqlite":

    def test_a_full_disk_is_a_503_and_nothing_is_half_written(
        settings: Settings, post: Post, bob: User
    ) -> None:
        settings.NOTIFICATION_EXECUTOR = "threads"
        bobs = APIClient(raise_request_exception=False)
        bobs.force_authenticate(bob)

        def comment(number: int) -> Any:
            content = f"{number} " + "x" * 4000
            return bobs.post(f"/api/posts/{post.pk}/comments", {"content": content}, format="json")

        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # what earlier tests left free would be room
            [pages] = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count={pages}")
            answers = [comment(number) for number in range(20)]
            cursor.execute("PRAGMA max_page_count=1073741823")
        taken = sum(answer.status_code == 201 for answer in answers)
        refused = [answer for answer in answers if answer.status_code == 503]
        assert taken + len(refused) == len(answers) > taken
        assert all(answer["Retry-After"] for answer in refused)
        assert post.comments.count() == Event.objects.filter(kind="COMMENT").count() == taken
        assert comment(20).status_code == 201  # there is room again

else:

    def test_who_is_hung_up_on_goes_on(at_work: None, post: Post, alice: User, bob: User) -> None:
        for number in range(TIMES):
            post = actions.create_post(alice, f"Post {number}")
            actions.react(bob, post)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        wait_for(all_told, PATIENCE_SECONDS)
        assert Notification.objects.of(alice).count() == PostReaction.objects.count() == TIMES
        assert Delivery.objects.filter(state="sent").count() + in_doubt() == TIMES

    def in_doubt() -> int:
        return Delivery.objects.filter(state="uncertain").count()

    if FULL and postgresql.is_ours():

        def test_where_no_connection_is_left_one_is_told_to_come_again(bob: User, post: Post) -> None:
            bobs = APIClient(raise_request_exception=False)
            bobs.force_authenticate(bob)
            with ExitStack() as others:
                with suppress(OperationalError):
                    while True:
                        other = others.enter_context(closing(connection.copy()))
                        other.ensure_connection()
                connection.close()
                others.enter_context(closing(connection.copy())).ensure_connection()
                answer = bobs.post(f"/api/posts/{post.pk}/like")
            assert (answer.status_code, answer["Retry-After"]) == (503, "5")
            assert not PostReaction.objects.exists()
            assert bobs.post(f"/api/posts/{post.pk}/like").status_code == 200
