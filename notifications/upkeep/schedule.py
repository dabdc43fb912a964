"""Recurring jobs: any number of processes ask what is due, and one of them does it.

The right to do a job at its time is a row, unique on both (`JobRun`), that is claimed in a transaction. Only
the latest time that has passed is ever looked at: what was missed while nothing ran is done once. A
runner that dies is noticed, or its lease ends, and another goes on.

A lease can end while its holder merely sleeps. So every job must bear being done twice at once; here that is
rare, and costs work, not truth.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from ..crash_points import reach
from ..models import JobRun
from ..transactions import dispatching

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than one turn of any job takes
TRIES = 3  # of one due time, by errors or deaths; then it waits for the next
RETRY = timedelta(minutes=1)
KEPT = 100  # runs of each job
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Rest = Callable[[], None]  # called between pieces of work, so that people go first
Work = Callable[[JobRun, Rest], bool]  # does a turn's worth; True where some is left for another turn


def no_rest() -> None:
    """For callers whom nobody waits for."""


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    label: "_StrPromise"
    every: timedelta
    work: Work
    offset: timedelta = timedelta()  # after midnight UTC

    def due_at(self, now: datetime) -> datetime:
        """The latest time up to now."""
        first = EPOCH + self.offset
        return first + (now - first) // self.every * self.every

    def next_due(self, now: datetime) -> datetime:
        return self.due_at(now) + self.every


@dataclass(frozen=True, slots=True)
class Health:
    job: Job
    run: JobRun | None  # the latest, ended or not
    succeeded_at: datetime | None
    next_due: datetime


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    _jobs[job.name] = job


def get(name: str) -> Job | None:
    """None for a job that this version does not have."""
    return _jobs.get(name)


def jobs() -> list[Job]:
    return list(_jobs.values())


def counted(word: str, work: Callable[[], int | None]) -> Work:
    """Of a function that does all there is to do, and may say how much it was."""

    def turn(run: JobRun, rest: Rest) -> bool:
        if count := work():
            run.counts[word] = count
        return False

    return turn


def run_due(worker: str, *, rest: Rest = no_rest, now: datetime | None = None) -> int:
    """Do a turn of each job that is due and that nobody else is doing; answers of how many.

    Called by every dispatcher each few seconds; a beat of Celery may call it too.
    """
    done = 0
    for job in jobs():
        run = _claim(job, worker, now or timezone.now())
        if run is not None:
            _take_a_turn(job, run, rest)
            done += 1
    return done


def release(worker: str) -> None:
    """It is dead, or leaves: whatever it was doing goes on elsewhere. Needs a transaction."""
    JobRun.objects.filter(worker=worker, ended_at=None).update(worker="", lease_until=timezone.now())


def begin_by_hand(name: str) -> JobRun:
    """The record of a job that is done here and now, whatever is due."""
    now = timezone.now()
    with dispatching():
        return JobRun.objects.create(job=name, due_at=now, lease_until=now + LEASE, worker="by hand")


def health(now: datetime | None = None) -> list[Health]:
    now = now or timezone.now()
    latest = JobRun.objects.filter(job=OuterRef("job")).order_by("-due_at").values("due_at")[:1]
    runs = {run.job: run for run in JobRun.objects.filter(due_at=Subquery(latest))}
    ended_well = JobRun.objects.filter(error="").order_by().values_list("job")
    succeeded = dict(ended_well.annotate(last=Max("ended_at")))
    return [Health(job, runs.get(job.name), succeeded.get(job.name), job.next_due(now)) for job in jobs()]


def _claim(job: Job, worker: str, now: datetime) -> JobRun | None:
    due_at = job.due_at(now)
    runs = list(JobRun.objects.filter(Q(ended_at=None) | Q(due_at=due_at), job=job.name))
    running = [run for run in runs if run.ended_at is None]
    mine = [run for run in running if run.worker == worker]
    if mine:
        return mine[0]
    if any(run.lease_until > now for run in running) or any(run.ended_at for run in runs):
        return None
    with dispatching():
        _enter(job, due_at, now)
        free = JobRun.objects.filter(job=job.name, due_at=due_at, ended_at=None, lease_until__lte=now)
        free.filter(tries__gte=TRIES).update(ended_at=now, error=_GAVE_UP)
        if not free.update(worker=worker, lease_until=now + LEASE, tries=F("tries") + 1):
            return None  # another was first
        reach("before a job is claimed")
        return JobRun.objects.get(job=job.name, due_at=due_at)


def _enter(job: Job, due_at: datetime, now: datetime) -> None:
    """The row of that time, if it is not there; nothing comes of what an earlier time has left undone."""
    of_job = JobRun.objects.filter(job=job.name)
    JobRun.objects.bulk_create(
        [JobRun(job=job.name, due_at=due_at, started_at=now, lease_until=due_at)], ignore_conflicts=True
    )
    left = of_job.filter(due_at__lt=due_at, ended_at=None, lease_until__lte=now)
    left.filter(error="").update(ended_at=now, error=_OVERTAKEN)
    left.update(ended_at=now)
    oldest_kept = of_job.order_by("-due_at").values_list("due_at", flat=True)[KEPT - 1 : KEPT]
    of_job.filter(due_at__lt=Subquery(oldest_kept), ended_at__isnull=False).delete()


def _take_a_turn(job: Job, run: JobRun, rest: Rest) -> None:
    reach("before a job is done")
    try:
        is_more = job.work(run, rest)
    except Exception as error:
        logger.exception("the job %s failed", job.name)
        _fail(run, f"{type(error).__name__}: {error}"[:500].replace("\x00", ""))
        return
    reach("after a job is done")
    now = timezone.now()
    run.tries, run.error, run.lease_until = 0, "", now + LEASE
    if not is_more:
        run.ended_at = now
    with dispatching():
        # Only where it is still its holder's: one that was taken over is for the other to end.
        held = JobRun.objects.filter(pk=run.pk, worker=run.worker, ended_at=None)
        held.update(tries=0, error="", lease_until=run.lease_until, ended_at=run.ended_at, counts=run.counts)


def _fail(run: JobRun, error: str) -> None:
    now = timezone.now()
    with dispatching():
        held = JobRun.objects.filter(pk=run.pk, worker=run.worker, ended_at=None)
        held.update(worker="", error=error, lease_until=now + RETRY)
        JobRun.objects.filter(pk=run.pk, worker="", tries__gte=TRIES, ended_at=None).update(ended_at=now)


_GAVE_UP = "Its runner died with it each time."
_OVERTAKEN = "Its runner died with it, and its next time came."
