"""What happens each minute and each night, done now."""

from django.utils import timezone

from notifications.upkeep import schedule
from notifications.upkeep.schedule import Job, no_rest
from reputation.jobs import COMPARE, KEEP


def keep_up() -> int:
    """How many people's standing changed."""
    return _whole(KEEP)


def compare() -> int:
    return _whole(COMPARE)


def _whole(job: Job) -> int:
    run = schedule.begin_by_hand(job.name)
    while job.work(run, no_rest):
        pass
    run.ended_at = timezone.now()
    run.save()
    return int(run.counts.get("standings", 0))
