"""What a bounce weighs, how it fades, and when it is enough. Plain values in, no queries."""

from datetime import datetime, timedelta

from ..models import Cause

ENOUGH = 0.9  # one for good, two where the mailbox is switched off, or four others within some days
HALF_LIFE = timedelta(days=14)  # so that one a week never comes to that
FADED = 0.05
WEIGHTS = {
    Cause.NO_MAILBOX: 1.0,
    Cause.DISABLED: 0.5,
    Cause.FULL: 0.25,
    Cause.UNREACHABLE: 0.25,
    Cause.REFUSED: 0.25,
}  # the rest weighs nothing
RESUME_AFTER = timedelta(days=1)  # the second time; each further one takes twice as long
RESUME_AFTER_MAX = timedelta(days=32)
FORGIVEN_AFTER = timedelta(days=90)  # of peace: then it counts from the beginning
TRY_EVERY = timedelta(days=1)


def faded(score: float, since: datetime, now: datetime) -> float:
    return score * float(0.5 ** (max(now - since, timedelta()) / HALF_LIFE))


def may_resume_at(resumed_at: datetime | None, resumes: int) -> datetime | None:
    """When the owner may next have mail go again; None for at once.

    The first time costs nothing. What bounces again each time is tried less and less often.
    """
    if resumed_at is None or not resumes:
        return None
    doubled: timedelta = RESUME_AFTER * 2 ** min(resumes - 1, 10)
    return resumed_at + min(doubled, RESUME_AFTER_MAX)
