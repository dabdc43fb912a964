"""Whether it is quiet, and until when. No queries here.

Quiet is whenever a clock on the wall of the person's zone shows a time between the two. Where the clock is
put back and shows a time twice, all of both is quiet; where it jumps over a time, the jump is that time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..models import QuietHours

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    start: datetime
    end: datetime  # the first moment that is not quiet any more


def quiet_until(now: datetime, hours: QuietHours | None, zone: ZoneInfo) -> datetime | None:
    """None where it is not quiet."""
    window = window_at(now, hours, zone)
    return window.end if window else None


def window_at(now: datetime, hours: QuietHours | None, zone: ZoneInfo) -> Window | None:
    if hours is None or not hours.is_on:
        return None
    found = _window(now, hours, zone)
    if found is None:
        return None
    # Two windows touch only where the clock jumps over what is between them.
    while following := _window(found.end, hours, zone):
        found = Window(found.start, following.end)
    return found


def _window(now: datetime, hours: QuietHours, zone: ZoneInfo) -> Window | None:
    today = now.astimezone(zone).date()
    crosses_midnight = hours.ends < hours.starts
    for day in (today - A_DAY, today, today + A_DAY):  # by the day it starts on; clocks cross midnight too
        if day.weekday() not in hours.weekdays:
            continue
        start = moment_of(day, hours.starts, zone)
        end = moment_of(day + A_DAY if crosses_midnight else day, hours.ends, zone, last=True)
        if start <= now < end:
            return Window(start, end)
    return None


def moment_of(day: date, clock: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """When the clock shows this time: the first or last time it does, or when it jumps over it."""
    wanted = datetime.combine(day, clock)
    early, late = sorted(wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early.astimezone(zone).replace(tzinfo=None) == wanted:
        return late if last else early
    while late - early > timedelta(seconds=1):  # it jumps between the two: find when
        middle = early + (late - early) // 2
        if middle.astimezone(zone).replace(tzinfo=None) < wanted:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
