"""That a backup was made, or failed, where Prometheus and the admin's *Job runs* read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import JobRun
from notifications.transactions import dispatching
from notifications.upkeep.concerns import Concern

JOB = "backup"
OLD = timedelta(days=2)  # twice as long as from one night to the next


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


def last_made() -> datetime | None:
    """None where none was ever made by `manage.py backup`: there are other ways."""
    made: datetime | None = JobRun.objects.filter(job=JOB, error="").aggregate(last=Max("ended_at"))["last"]
    return made


def concern(now: datetime) -> Iterator[Concern]:
    """For the page Operating."""
    made = last_made()
    if made and now - made > OLD:
        yield Concern(
            "backup",
            _("The last backup was made on %(when)s.") % {"when": f"{made:%Y-%m-%d %H:%M} UTC"},
            _("Look what became of the service that makes it, or run manage.py backup: it says what fails."),
        )
