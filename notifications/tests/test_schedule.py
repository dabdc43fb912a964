"""Recurring jobs: each due time once, by one of many; late once; on from a dead one; seen by operators."""

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import Browse, MakeUser
from notifications import crash_points
from notifications.models import JobRun, Worker
from notifications.outbox import workers
from notifications.upkeep import schedule
from notifications.upkeep.schedule import KEPT, TRIES, Job, Rest, counted, run_due

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 3, 3, 12, 34, 56, tzinfo=UTC)


class Work:
    """A job that counts, and does as it is told."""

    def __init__(self) -> None:
        self.done = 0
        self.fails = False
        self.turns = 1

    def __call__(self, run: JobRun, rest: Rest) -> bool:
        if self.fails:
            raise ZeroDivisionError
        self.done += 1
        turns = run.counts["turns"] = run.counts.get("turns", 0) + 1
        return bool(turns < self.turns)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """The only job there is; due at each full hour."""
    work = Work()
    monkeypatch.setattr(schedule, "_jobs", {})
    schedule.register(Job("count", "counts", HOUR, work))  # type: ignore[arg-type] # a lazy text
    return work


@pytest.mark.parametrize(
    ("every", "offset", "due_at"),
    [
        (15 * timedelta(seconds=1), timedelta(), datetime(2026, 3, 3, 12, 34, 45, tzinfo=UTC)),
        (HOUR, timedelta(), datetime(2026, 3, 3, 12, 0, tzinfo=UTC)),
        (HOUR, 40 * MINUTE, datetime(2026, 3, 3, 11, 40, tzinfo=UTC)),
        (DAY, 3 * HOUR, datetime(2026, 3, 3, 3, 0, tzinfo=UTC)),
        (DAY, 13 * HOUR, datetime(2026, 3, 2, 13, 0, tzinfo=UTC)),
    ],
)
def test_a_job_is_due_at_round_times(every: timedelta, offset: timedelta, due_at: datetime) -> None:
    job = Job("x", "x", every, counted("x", lambda: 0), offset)  # type: ignore[arg-type] # a lazy text
    assert job.due_at(NOW) == due_at
    assert job.due_at(due_at) == due_at
    assert job.next_due(NOW) == due_at + every


def test_each_due_time_is_served_once_whoever_asks(work: Work) -> None:
    assert [run_due(who, now=NOW) for who in ("one", "two", "one")] == [1, 0, 0]
    assert run_due("two", now=NOW + HOUR) == 1
    assert work.done == 2
    assert JobRun.objects.filter(ended_at__isnull=False, error="").count() == 2


def test_what_was_missed_while_nothing_ran_is_done_once(work: Work) -> None:
    run_due("one", now=NOW)
    run_due("one", now=NOW + 10 * DAY)
    run_due("one", now=NOW + 10 * DAY + MINUTE)
    assert work.done == 2


def test_work_of_several_turns_stays_with_whoever_began_it(work: Work) -> None:
    work.turns = 3
    assert [run_due(who, now=NOW) for who in ("one", "two", "one", "two", "one", "one")] == [1, 0, 1, 0, 1, 0]
    assert JobRun.objects.get().counts == {"turns": 3}


def test_a_run_that_lasts_into_its_next_time_is_not_joined_by_another(work: Work) -> None:
    work.turns = 3
    now = timezone.now()
    run_due("one", now=now)
    JobRun.objects.update(lease_until=now + 2 * HOUR)
    assert run_due("two", now=now + HOUR) == 0
    run_due("one", now=now + HOUR)
    run_due("one", now=now + HOUR)
    assert JobRun.objects.get().ended_at
    assert run_due("two", now=now + HOUR) == 1


def test_one_whose_lease_has_ended_is_taken_over_where_it_stood(work: Work) -> None:
    work.turns = 2
    run_due("one", now=NOW)
    JobRun.objects.update(lease_until=NOW)
    assert run_due("two", now=NOW) == 1
    run = JobRun.objects.get()
    assert (run.counts, run.worker, bool(run.ended_at)) == ({"turns": 2}, "two", True)


def test_a_burial_frees_what_the_dead_one_was_doing(work: Work) -> None:
    work.turns = 2
    Worker.objects.create(name="elsewhere:1:dead", host="elsewhere", pid=1, beat_at=timezone.now() - DAY)
    run_due("elsewhere:1:dead", now=NOW)
    assert run_due("two", now=NOW) == 0
    workers.bury_the_dead("me")
    assert run_due("two", now=timezone.now()) == 1


def test_who_leaves_hands_on(work: Work) -> None:
    work.turns = 2
    me = workers.register()
    run_due(me)
    workers.leave(me)
    assert run_due("two") == 1
    assert JobRun.objects.get().counts == {"turns": 2}


def test_what_an_earlier_time_left_undone_is_not_done_beside_the_next(work: Work) -> None:
    work.turns = 2
    run_due("one", now=NOW)
    JobRun.objects.update(lease_until=NOW)
    run_due("two", now=NOW + HOUR)
    old, new = JobRun.objects.order_by("due_at")
    assert old.ended_at
    assert "next time came" in old.error
    assert new.worker == "two"


def test_a_failure_is_told_and_tried_again_and_then_waits_for_the_next_time(work: Work) -> None:
    work.fails = True
    now = timezone.now()
    for _attempt in range(TRIES):
        assert run_due("one", now=now) == 1
        assert run_due("one", now=now) == 0, "not at once"
        JobRun.objects.update(lease_until=now)
    run = JobRun.objects.get()
    assert (run.tries, "ZeroDivisionError" in run.error, bool(run.ended_at)) == (TRIES, True, True)
    assert run_due("one", now=now) == 0
    work.fails = False
    assert run_due("one", now=now + HOUR) == 1
    assert JobRun.objects.latest("due_at").error == ""


def test_one_failing_job_stops_no_other(work: Work) -> None:
    work.fails = True
    other = Work()
    schedule.register(Job("other", "other", HOUR, other))  # type: ignore[arg-type] # a lazy text
    run_due("one", now=NOW)
    assert other.done == 1


def test_only_the_latest_runs_are_kept(work: Work) -> None:
    old = [JobRun(job="count", due_at=NOW - n * HOUR, ended_at=NOW) for n in range(1, KEPT + 20)]
    JobRun.objects.bulk_create(old)
    JobRun.objects.create(job="another", due_at=NOW - 9 * DAY, ended_at=NOW)
    run_due("one", now=NOW)
    assert JobRun.objects.filter(job="count").count() == KEPT
    assert JobRun.objects.filter(job="count").latest("due_at").worker == "one"
    assert JobRun.objects.filter(job="another").exists()


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_are_harmless(work: Work) -> None:
    """Real threads, each with its connection, at the same due times."""
    start = threading.Barrier(4)

    def ask(who: str) -> None:
        try:
            for hour in range(10):
                start.wait(30)
                run_due(who, now=NOW + hour * HOUR)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(f"worker-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert work.done == 10
    assert JobRun.objects.filter(ended_at__isnull=False, error="", tries=0).count() == 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["before a job is claimed", "before a job is done", "after a job is done"])
def test_one_that_is_killed_is_done_by_the_next(point: str, work: Work) -> None:
    connections.close_all()  # a child must not share our connection
    pid = os.fork()
    if pid == 0:
        try:
            crash_points.arm(point)
            run_due("one", now=NOW)
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    JobRun.objects.update(lease_until=NOW)
    assert run_due("two", now=NOW) == 1
    assert JobRun.objects.get().ended_at


def test_one_that_kills_its_runner_each_time_is_given_up_until_its_next_time(work: Work) -> None:
    job = schedule.jobs()[0]
    for _death in range(TRIES):
        assert schedule._claim(job, "one", NOW)
        JobRun.objects.update(lease_until=NOW, worker="")
    assert schedule._claim(job, "two", NOW) is None
    assert "died" in JobRun.objects.get().error
    assert schedule._claim(job, "two", NOW + HOUR)


def test_how_the_jobs_are_is_told(
    work: Work, client: Client, make_user: MakeUser, browse: Browse, alice: User
) -> None:
    [health] = schedule.health(NOW)
    assert (health.run, health.succeeded_at, health.next_due) == (
        None,
        None,
        NOW.replace(hour=13, minute=0, second=0),
    )
    run_due("one", now=NOW)
    work.fails = True
    run_due("one", now=NOW + HOUR)
    [health] = schedule.health(NOW + HOUR)
    assert health.run
    assert health.run.due_at == NOW.replace(hour=13, minute=0, second=0)
    assert health.succeeded_at
    metrics = client.get("/metrics").content.decode()
    assert 'belltower_job_failing{name="count"} 1.0' in metrics
    assert 'belltower_job_last_success_timestamp_seconds{name="count"} 1' in metrics
    staff = make_user("staff", is_staff=True, is_superuser=True)
    page = browse(staff).get("/admin/notifications/jobrun/?job=count").content.decode()
    assert "ZeroDivisionError" in page
    assert "turns 1" in page


def test_the_jobs_of_the_site_all_run(db: None) -> None:
    assert run_due("one") == len(schedule.jobs()) > 0
    assert not JobRun.objects.exclude(error="").exists()
