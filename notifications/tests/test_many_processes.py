"""Several dispatchers on one database, each a process: what is due is done by one, and one buries the dead.
Whoever only slept changes nothing, and who is asked to leave leaves nothing behind.

CHAOS=full: six of them and a kill every other second for two minutes; fifty that leave under load.
"""

import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications.models import Attempt, Delivery, Event, JobRun, Notification, Worker
from notifications.outbox import dispatcher, workers
from notifications.upkeep import schedule
from notifications.upkeep.schedule import Job, Rest, Work
from testing.forks import Fork

from .stream_scene import wait_for

FULL = os.environ.get("CHAOS") == "full"
PROCESSES, TIMES, ROUNDS = (6, 240, 50) if FULL else (3, 3, 3)
SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))
EVERY, DAY = timedelta(seconds=0.5), timedelta(days=1)
PATIENCE_SECONDS = 60
KILL = signal.SIGKILL
WAYS_OUT = ([signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM, signal.SIGTERM])

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.chaos,
    pytest.mark.timeout(900 if FULL else 120),
]


class Ledger:
    """What all processes write down, a line each, and gates that they wait at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, *words: object) -> None:
        with (self._folder / "notes").open("a") as file:
            file.write(" ".join(map(str, (os.getpid(), *words))) + "\n")

    def notes(self, word: str) -> list[tuple[int, str]]:
        """Who wrote what after this word."""
        file = self._folder / "notes"
        lines = [line.split(maxsplit=2) for line in file.read_text().splitlines()] if file.exists() else []
        return [(int(pid), rest) for pid, first, rest in lines if first == word]

    def is_first(self, name: str) -> bool:
        """For one process, once."""
        try:
            (self._folder / name).open("x").close()
        except FileExistsError:
            return False
        return True

    def open(self, gate: str) -> None:
        (self._folder / gate).touch()

    def wait_at(self, gate: str) -> None:
        wait_for((self._folder / gate).exists, PATIENCE_SECONDS)


class Mail(BaseEmailBackend):
    """Writes each down; the first, where that is asked for, is taken and not answered before a gate opens."""

    ledger: Ledger
    first_waits = False

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            self.ledger.note("mail", message.extra_headers["Message-ID"])
            if self.first_waits and self.ledger.is_first("mail-waits"):
                self.ledger.wait_at("answer")
        return len(messages)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Ledger:
    """Dispatchers that look often, one job that writes down its times, and mail that is written down."""
    settings.NOTIFICATION_EXECUTOR = "threads"
    settings.EMAIL_BACKEND = f"{__name__}.{Mail.__name__}"
    settings.NOTIFICATION_REPEAT_SECONDS = 0
    monkeypatch.setattr(dispatcher, "HOUSEKEEPING_SECONDS", 0.1)
    monkeypatch.setattr(schedule, "_jobs", {})
    monkeypatch.setattr(Mail, "ledger", ledger := Ledger(tmp_path), raising=False)
    return ledger


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def register(name: str, every: timedelta, work: Work) -> None:
    schedule.register(Job(name, name, every, work))  # type: ignore[arg-type] # a lazy text


def test_each_due_time_is_served_by_one_and_a_dead_one_s_by_one_more(
    ledger: Ledger, processes: ExitStack, post: Post, bob: User
) -> None:
    held = an_event_that_a_dead_one_held(post, bob)

    def count(run: JobRun, rest: Rest) -> bool:
        ledger.note("counted", run.due_at.timestamp())
        return False

    def die_first(run: JobRun, rest: Rest) -> bool:
        ledger.note("daily", run.due_at.timestamp())
        if ledger.is_first("death"):
            os.kill(os.getpid(), KILL)
        return False

    register("count", EVERY, count)
    register("daily", DAY, die_first)
    running = [processes.enter_context(Fork()) for _ in range(PROCESSES)]
    chance, killed = random.Random(SEED), set[int]()
    print(f"seed {SEED}")
    while len({due for _pid, due in ledger.notes("counted")}) < TIMES:
        time.sleep(chance.uniform(1, 3) if FULL else 0.05)
        dead = [fork for fork in running if fork.has_died()] or ([chance.choice(running)] if FULL else [])
        for fork in dead:
            fork.send(KILL)
            assert fork.wait() == -KILL
            killed.add(fork.pid)
            running[running.index(fork)] = processes.enter_context(Fork())
    assert [fork.leave() for fork in running] == [0] * PROCESSES

    by_due_time = defaultdict[str, list[int]](list)
    for pid, due in ledger.notes("counted"):
        by_due_time[due].append(pid)
    assert all(len(set(pids) - killed) <= 1 for pids in by_due_time.values())
    assert all(len(pids) == len(set(pids)) for pids in by_due_time.values())
    (first, _due), (second, _due) = ledger.notes("daily")
    assert first in killed
    assert first != second
    assert not JobRun.objects.filter(job="daily", ended_at=None).exists()
    held.refresh_from_db()
    assert held.crashes == 1, "one of all buried it"
    assert not Worker.objects.exists()
    assert not JobRun.objects.filter(ended_at=None).exclude(worker="").exists()


def an_event_that_a_dead_one_held(post: Post, bob: User) -> Event:
    actions.react(bob, post)
    event = Event.objects.get()
    Event.objects.update(run_at=timezone.now() + timedelta(hours=1))
    long_ago = timezone.now() - workers.SILENCE * 2
    Worker.objects.create(
        name="elsewhere:1:dead", host="elsewhere", pid=1, holding=[event.pk], beat_at=long_ago
    )
    return event


def test_one_that_slept_through_its_own_burial_wakes_and_changes_nothing(
    ledger: Ledger, processes: ExitStack, post: Post, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "SILENCE", timedelta(seconds=2))
    monkeypatch.setattr(Mail, "first_waits", True)

    def work(run: JobRun, rest: Rest) -> bool:
        ledger.note("job", run.due_at.timestamp())
        run.counts["by"] = os.getpid()
        if ledger.is_first("job-waits"):
            ledger.wait_at("answer")
        return False

    register("daily", DAY, work)
    sleeper = processes.enter_context(Fork())
    wait_for(lambda: bool(ledger.notes("job")), PATIENCE_SECONDS)
    actions.react(bob, post)
    wait_for(lambda: bool(ledger.notes("mail")), PATIENCE_SECONDS)
    sleeper.freeze()

    other = processes.enter_context(Fork())
    wait_for(lambda: Delivery.objects.filter(state="sent").exists(), PATIENCE_SECONDS)
    wait_for(lambda: JobRun.objects.filter(ended_at__isnull=False).exists(), PATIENCE_SECONDS)
    as_it_was = (
        Delivery.objects.values().get(),
        JobRun.objects.values().get(),
        Notification.objects.values().get(),
    )
    ledger.open("answer")
    sleeper.thaw()
    wait_for(lambda: Attempt.objects.filter(outcome="sent").count() == 2, PATIENCE_SECONDS)
    assert [sleeper.leave(), other.leave()] == [0, 0]

    assert [pid for pid, _due in ledger.notes("job")] == [sleeper.pid, other.pid]
    assert [pid for pid, _id in ledger.notes("mail")] == [sleeper.pid, other.pid]
    assert len({message_id for _pid, message_id in ledger.notes("mail")}) == 1
    assert as_it_was == (
        Delivery.objects.values().get(), JobRun.objects.values().get(), Notification.objects.values().get()
    )  # fmt: skip
    assert JobRun.objects.get().counts == {"by": other.pid}
    assert not Worker.objects.exists()


def test_who_is_asked_to_leave_finishes_and_nothing_is_done_twice(
    ledger: Ledger, processes: ExitStack, bob: User, alice: User, chloe: User
) -> None:
    register("count", EVERY, lambda run, rest: False)
    running = [processes.enter_context(Fork()) for _ in range(2)]
    wait_for(lambda: Worker.objects.count() == 2, PATIENCE_SECONDS)
    posts = [actions.create_post(alice, f"Post {number}") for number in range(2 * ROUNDS)]
    for number in range(ROUNDS):
        leaving = running.pop(0)
        actions.react(bob, posts[2 * number])
        actions.react(chloe, posts[2 * number])
        leaving.wait_until_it_hears()
        for signal_number in WAYS_OUT[number % len(WAYS_OUT)]:
            leaving.send(signal_number)
        actions.react(bob, posts[2 * number + 1])
        running.append(processes.enter_context(Fork()))
        assert leaving.wait() == 0
        assert not Worker.objects.filter(pid=leaving.pid).exists()
        assert not Delivery.objects.filter(state="sending", worker__contains=f":{leaving.pid}:").exists()
    wait_for(lambda: not Event.objects.filter(state="pending").exists(), PATIENCE_SECONDS)
    wait_for(lambda: not Delivery.objects.open().exists(), PATIENCE_SECONDS)
    assert [fork.leave() for fork in running] == [0, 0]

    assert Event.objects.filter(kind="LIKE", outcome="notified", crashes=0).count() == 3 * ROUNDS
    assert Notification.objects.filter(kind="LIKE").count() == len(posts)
    mails = [message_id for _pid, message_id in ledger.notes("mail")]
    assert len(mails) == len(set(mails)) == Delivery.objects.filter(state="sent").count() == len(posts)
    assert Attempt.objects.count() == len(posts)
    assert not Worker.objects.exists()
