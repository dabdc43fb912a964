"""Of which stretch of time a summary tells, and when it leaves. No queries here.

A stretch begins and ends at a full hour that a clock on the wall of the person's zone shows: at each of
them, at the one hour of each day, or of one day of the week. An hour that comes twice in a night ends two
stretches of an hour, and one of a day; one that is jumped over ends none of an hour, and that of a day
when the clock has jumped. A day that never was has no summary.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..models import Frequency, SummaryTimes
from .quiet import A_DAY, Window, moment_of

AN_HOUR = timedelta(hours=1)
NEAR = 3 * AN_HOUR  # the clocks change no more than once within as much on either side


def window_of(now: datetime, frequency: Frequency, times: SummaryTimes, zone: ZoneInfo) -> Window:
    """The stretch that `now` is in: its start belongs to it, its end does not."""
    if frequency == Frequency.HOURLY:
        bounds = set(_full_hours(now, zone))
    else:
        bounds = set(_days(now, frequency, times, zone))
    return Window(
        max(bound for bound in bounds if bound <= now), min(bound for bound in bounds if bound > now)
    )


def _full_hours(now: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    offsets = {(now + step).astimezone(zone).utcoffset() or timedelta() for step in (-NEAR, NEAR)}
    for offset in offsets:
        local = now.astimezone(UTC) + offset
        hour = local.replace(minute=0, second=0, microsecond=0) - offset
        for bound in (hour + n * AN_HOUR for n in range(-3, 4)):
            if bound.astimezone(zone).utcoffset() == offset:
                yield bound


def _days(now: datetime, frequency: Frequency, times: SummaryTimes, zone: ZoneInfo) -> Iterable[datetime]:
    today = now.astimezone(zone).date()
    weekly = frequency == Frequency.WEEKLY
    reach = 15 if weekly else 2  # a day may be missing
    for day in (today + n * A_DAY for n in range(-reach, reach + 1)):
        if weekly and day.weekday() != times.weekday:
            continue
        bound = moment_of(day, time(times.hour), zone)
        if bound.astimezone(zone).date() == day or _was(day, zone):
            yield bound


def _was(day: date, zone: ZoneInfo) -> bool:
    """False for a day that a place left out, to move to the other side of the date line."""
    return moment_of(day, time.min, zone).astimezone(zone).date() == day
