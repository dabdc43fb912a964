"""That a backup was made, or failed, where Prometheus and the admin's *Job runs* read it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from notifications.models import JobRun
from notifications.transactions import dispatching

JOB = "backup"


@contextmanager
def recorded() -> Iterator[dict[str, int]]:
    """As a run of a job that this site does not start itself; the caller puts in what it did.

    Written at its end: a restored copy must not know of a backup that never ended.
    """
    counts: dict[str, int] = {}
    began, error = timezone.now(), ""
    try:
        yield counts
    except BaseException as failure:
        error = f"{type(failure).__name__}: {failure}"[:500].replace("\x00", "")
        raise
    finally:
        now = timezone.now()
        with dispatching():
            JobRun.objects.create(
                job=JOB,
                due_at=began,
                started_at=began,
                ended_at=now,
                lease_until=now,
                error=error,
                counts=counts,
            )
