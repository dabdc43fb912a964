"""NOTIFICATION_EXECUTOR=celery with a real worker process and a real broker: no news hang by either."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from conftest import Browse, MakeUser
from notifications import hints
from notifications.checks import check_settings
from notifications.doctor import broker as doctor
from notifications.doctor.asking import Asking, Options
from notifications.doctor.finding import Level
from notifications.models import Delivery, Event, Notification, Worker
from notifications.outbox import dispatcher, lanes, workers
from notifications.outbox.reserve import Reserve
from notifications.outbox.seats import Seats
from testing.brokers import Broker
from testing.celery_worker import CeleryWorker
from testing.site import database_url

from .stream_scene import wait_for

FANS, POSTS = 3, 50
PATIENCE_SECONDS = 60

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


@pytest.fixture
def broker(settings: Settings) -> Iterator[Broker]:
    broker = Broker()
    broker.start()
    settings.NOTIFICATION_EXECUTOR = "celery"
    settings.CELERY_BROKER_URL = broker.url
    from myproject.celery import app

    app.conf.broker_url = broker.url
    yield broker
    hints.close()
    broker.stop()


def all_told() -> bool:
    waiting = Event.objects.filter(state="pending").exists() or Delivery.objects.open().exists()
    return not waiting


def test_a_lane_has_no_more_at_work_than_seats_and_who_finds_none_is_heard() -> None:
    seats, began, may_end, looks = Seats(1, threading.Event()), threading.Event(), threading.Event(), []

    def look() -> bool:
        looks.append(1)
        began.set()
        may_end.wait(PATIENCE_SECONDS)
        return False

    sweeper = threading.Thread(target=seats.work, args=(look,))
    sweeper.start()
    began.wait(PATIENCE_SECONDS)
    assert seats.work(look) is False  # at once: somebody is at it
    assert looks == [1]
    may_end.set()
    sweeper.join(PATIENCE_SECONDS)
    assert looks == [1, 1]  # it may have looked a moment too early, and did again
    assert seats.work(lambda: True, seconds=0) is True


def test_a_burst_is_few_messages_and_none_where_one_waits(broker: Broker) -> None:
    for _ in range(1000):
        hints.send(["events", "email"])
    with broker.client() as redis:
        wait_for(lambda: redis.llen("events") == redis.llen("email") == 1)
        hints.send(["email", "push"])
        wait_for(lambda: redis.llen("push") == 1)
        assert redis.llen("email") == 1
        [message] = redis.lrange("email", 0, -1)
    assert len(message) < 1500  # a name and a lane


def test_who_acts_never_waits_for_a_broker_that_is_silent_full_or_gone(
    broker: Broker, post: Post, bob: User, settings: Settings
) -> None:
    broker.fall_silent()
    began = time.monotonic()
    for _ in range(20):
        actions.react(bob, post)
        actions.unreact(bob, post)
    assert time.monotonic() - began < 20  # each word with it would have taken a second
    broker.go_on()
    wait_for(lambda: hints.state() == "ok", PATIENCE_SECONDS)
    with broker.client() as redis:
        redis.config_set("maxmemory", 1)  # it takes nothing more
    hints.send(["push"])  # a word to the events may be there already, and need not be said again
    wait_for(lambda: hints.state() != "ok")
    with broker.client() as redis:
        redis.config_set("maxmemory", 0)
    wait_for(lambda: hints.state() == "ok", PATIENCE_SECONDS)
    broker.kill()
    hints.send(["events"])
    wait_for(lambda: hints.state() != "ok")
    actions.react(bob, post)
    assert Event.objects.filter(kind="LIKE", state="pending").count() == 1


def test_a_serving_process_stands_in_where_no_worker_is(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "celery"
    mails = workers.register(["email"])
    Worker.objects.filter(pk=mails).update(host="elsewhere")
    reserve = Reserve()
    try:
        assert reserve.look() >= {"events", "housekeeping", "push", "webhooks"}
        assert reserve.look().isdisjoint({"email"})
        other = Worker.objects.create(name="a:1:b", host="elsewhere", pid=1)  # it works on everything
        assert reserve.look() == set()
        assert not dispatcher.is_alive()
        Worker.objects.filter(pk=other.pk).update(beat_at=timezone.now() - timedelta(minutes=2))
        assert "events" in reserve.look()
    finally:
        reserve.stop()
        dispatcher.stop()


def test_two_that_stand_in_do_not_take_turns_at_it(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "celery"
    Worker.objects.create(name="a:1:b", host="elsewhere", pid=1, lanes=["events"], is_reserve=True)
    reserve = Reserve()
    try:
        assert "events" not in reserve.look()
        mine = reserve.look()
        Worker.objects.create(name="a:2:c", host="elsewhere", pid=2, lanes=sorted(mine), is_reserve=True)
        assert reserve.look() == mine
    finally:
        reserve.stop()
        dispatcher.stop()


def test_celery_without_its_broker_is_said_at_start(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR, settings.CELERY_BROKER_URL = "celery", ""
    assert "notifications.E011" in [message.id for message in check_settings()]
    settings.CELERY_BROKER_URL, settings.REDIS_URL = "amqp://broker//", "redis://bus"
    assert {message.id for message in check_settings()} <= {"notifications.W001"}


def test_executors_are_changed_under_load_and_a_worker_and_the_broker_are_killed(
    broker: Broker, alice: User, make_user: MakeUser, tmp_path: Path, settings: Settings
) -> None:
    fans = [make_user(f"fan-{number}") for number in range(FANS)]
    posts = [actions.create_post(alice, f"Post {number}") for number in range(POSTS)]
    environment = {
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": broker.url,
        "EMAIL_URL": f"filemail://{tmp_path}",
        "NOTIFICATION_LEASE_SECONDS": "5",
        "NOTIFICATION_MAIL_PER_DOMAIN": "0",
    }
    settings.EMAIL_BACKEND = "myproject.mail_files.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    dying = CeleryWorker(CRASH_POINT="before the commit of the batch", **environment)
    dying.start()
    actions.react(fans[0], posts[0])
    dying.wait_until_it_died()
    assert Event.objects.filter(state="pending").exists()
    worker = CeleryWorker(**environment)
    worker.start()  # and is not there yet
    try:
        settings.NOTIFICATION_EXECUTOR = "threads"
        dispatcher.start()
        press(fans, posts[:10])
        worker.wait_until_it_works()
        settings.NOTIFICATION_EXECUTOR = "celery"
        press(fans, posts[10:20])
        assert dispatcher.stop()
        press(fans, posts[20:30])
        wait_for(all_told, PATIENCE_SECONDS)
        broker.kill()
        press(fans, posts[30:40])
        wait_for(all_told, PATIENCE_SECONDS)
        settings.NOTIFICATION_EXECUTOR = "threads"
        dispatcher.start()
        press(fans, posts[40:])
        assert worker.stop() < 25
        assert list(Worker.objects.values_list("pid", flat=True)) == [os.getpid()]
        wait_for(all_told, PATIENCE_SECONDS)
    finally:
        dispatcher.stop()
        print(worker.end(), *Delivery.objects.open().values(), *Worker.objects.values(), sep="\n")
    rows = Notification.objects.of(alice).filter(kind="LIKE")
    assert Event.objects.filter(kind="LIKE", outcome="notified").count() == FANS * POSTS
    assert sorted(rows.values_list("actors_count", flat=True)) == [FANS] * POSTS
    mails = [message_from_bytes(path.read_bytes())["Message-ID"] for path in tmp_path.iterdir()]
    assert len(mails) == len(set(mails)) == Delivery.objects.filter(state="sent").count() == POSTS
    assert not Worker.objects.exists()


def press(fans: list[User], posts: list[Post]) -> None:
    for post in posts:
        for fan in fans:
            actions.react(fan, post)


def test_operators_are_told_of_a_broker_that_is_away_and_of_a_queue_without_a_worker(
    broker: Broker, make_user: MakeUser, browse: Browse
) -> None:
    asking = Asking(Options())
    Worker.objects.create(name="a:1:b", host="elsewhere", pid=1, lanes=sorted(lanes.in_use() - {"push"}))
    operator = browse(make_user("admin", is_staff=True, is_superuser=True))
    page = operator.get(reverse("admin:notifications_tally_changelist")).content.decode()
    assert "No worker serves push" in page
    assert [finding.level for finding in doctor.check_workers(asking)] == [Level.WARNING]
    assert [finding.level for finding in doctor.check(asking)] == [Level.OK]
    Worker.objects.create(name="a:2:c", host="elsewhere", pid=2, lanes=["push"])
    broker.stop()
    assert [finding.level for finding in doctor.check_workers(asking)] == [Level.OK]
    assert [finding.level for finding in doctor.check(asking)] == [Level.FAILURE]


def test_code_of_before_enters_itself_as_a_worker_on_everything() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_worker (name, host, pid, started_at, beat_at, holding)"
            " VALUES ('a:1:b', 'elsewhere', 1, %s, %s, '[]')",
            [timezone.now(), timezone.now()],
        )
    assert workers.served() == (set(lanes.names()), set())
