"""Two years of summaries in thirty zones: each stretch of time once, and at the hour the clock shows.

By default around every change of the clocks, and all days of the strangest zones; `CHAOS=full`: every hour,
day and week of all of them.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from notifications.models import Frequency, SummaryTimes, Weekday
from notifications.steering.cadence import window_of
from notifications.steering.quiet import Window

LONG = os.environ.get("CHAOS") == "full"
pytestmark = pytest.mark.timeout(1200 if LONG else 120)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = "Europe/Berlin"
# Half an hour's change; changes at midnight, over it and back; a day that never was; quarter hours; Ramadan.
STRANGE = (
    "Australia/Lord_Howe", "America/Havana", "Asia/Beirut", "Africa/Cairo", "America/Asuncion",
    "Pacific/Apia", "America/Sao_Paulo", "Asia/Gaza", "Africa/Casablanca", "Antarctica/Troll",
)  # fmt: skip
ZONES = (
    *STRANGE, BERLIN, "UTC", "Europe/London", "Europe/Lisbon", "Europe/Moscow", "America/New_York",
    "America/St_Johns", "America/Los_Angeles", "America/Scoresbysund", "America/Santiago", "America/Caracas",
    "Asia/Tehran", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Pyongyang", "Australia/Adelaide",
    "Pacific/Chatham", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Marquesas",
)  # fmt: skip
EACH_HOUR, EACH_DAY, EACH_WEEK = Frequency.HOURLY, Frequency.DAILY, Frequency.WEEKLY
YEARS = [  # 2011 has the day that Apia left out; 2018 the last midnight that Sao Paulo did
    (datetime(2018, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)),
    (datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)),
    (datetime(2011, 1, 1, tzinfo=UTC), datetime(2013, 1, 1, tzinfo=UTC)),
]


def windows(
    since: datetime, until: datetime, frequency: Frequency, times: SummaryTimes, zone: ZoneInfo
) -> Iterator[Window]:
    """As a clock that is looked at finds them, one after another."""
    window = window_of(since, frequency, times, zone)
    while window.start < until:
        assert window.start < window.end
        assert window_of(window.end - timedelta(microseconds=1), frequency, times, zone) == window
        yield window
        following = window_of(window.end, frequency, times, zone)
        assert following.start == window.end, "no moment is in none of them, or in two"
        window = following


def changes_of(zone: ZoneInfo, since: datetime, until: datetime) -> list[datetime]:
    """The hours before which its clocks show another offset than after."""
    days = [since + n * DAY for n in range((until - since).days)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [day for day, old, new in zip(days, offsets, offsets[1:], strict=False) if old != new]


def stretches(zone: ZoneInfo, around: timedelta, *, all_of_it: bool) -> list[tuple[datetime, datetime]]:
    if LONG or all_of_it:
        return YEARS
    return [(day - around, day + around + DAY) for years in YEARS for day in changes_of(zone, *years)]


def is_jumped_over(day: date, hour: int, zone: ZoneInfo) -> bool:
    """As a person finds it who looks at the clock each quarter of an hour of that day."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - 15 * HOUR
    clocks = ((begin + timedelta(minutes=15 * n)).astimezone(zone) for n in range(4 * 54))
    return not any(clock.date() == day and (clock.hour, clock.minute) == (hour, 0) for clock in clocks)


@pytest.mark.parametrize("name", ZONES)
def test_each_hour_ends_when_the_clock_shows_a_full_one(name: str) -> None:
    zone = ZoneInfo(name)
    for since, until in stretches(zone, 4 * HOUR, all_of_it=False):
        for window in windows(since, until, EACH_HOUR, SummaryTimes(), zone):
            clock = window.end.astimezone(zone)
            assert (clock.minute, clock.second, clock.microsecond) == (0, 0, 0)
            assert window.end - window.start <= 2 * HOUR


@pytest.mark.parametrize("name", ZONES)
def test_each_day_ends_once_at_the_hour_that_was_chosen(name: str) -> None:
    zone = ZoneInfo(name)
    for hour in (8, 0, 2, 23):
        times = SummaryTimes(hour=hour)
        for since, until in stretches(zone, DAY, all_of_it=hour == 8 and name in STRANGE[:3]):
            days: list[date] = []
            for window in windows(since, until, EACH_DAY, times, zone):
                clock = window.end.astimezone(zone)
                day = (clock - timedelta(seconds=1)).date() if clock.hour == 0 != hour else clock.date()
                if (clock.hour, clock.minute) != (hour, 0):
                    assert is_jumped_over(day, hour, zone)
                    assert window.end.astimezone(zone).hour in (hour, (hour + 1) % 24), "it has jumped"
                days.append(day)
            assert max(Counter(days).values()) == 1
            missing = {days[0] + n * DAY for n in range((days[-1] - days[0]).days)} - {*days}
            assert missing <= ({date(2011, 12, 30)} if name == "Pacific/Apia" else set())


@pytest.mark.parametrize("name", ZONES)
def test_each_week_ends_once_on_the_day_that_was_chosen(name: str) -> None:
    zone = ZoneInfo(name)
    for weekday in (Weekday.MONDAY, Weekday.SUNDAY) if LONG else (Weekday.SUNDAY,):
        times = SummaryTimes(weekday=weekday)
        for since, until in YEARS if LONG else YEARS[1:2]:
            days = []
            for window in windows(since, until, EACH_WEEK, times, zone):
                clock = window.end.astimezone(zone)
                assert (clock.weekday(), clock.hour, clock.minute) == (weekday, 8, 0)
                days.append(clock.date())
            assert {after - before for before, after in pairwise(days)} == {7 * DAY}


def bounds(now: str, frequency: Frequency, zone: str = BERLIN, **times: int) -> tuple[str, str]:
    """Local times."""
    local = ZoneInfo(zone)
    window = window_of(datetime.fromisoformat(now), frequency, SummaryTimes(**times), local)
    start, end = (bound.astimezone(local).strftime("%d %H:%M%z") for bound in (window.start, window.end))
    return start, end


@pytest.mark.parametrize(
    ("now", "frequency", "zone", "start", "end"),
    [
        ("2026-06-03T09:20:00Z", EACH_HOUR, BERLIN, "03 11:00+0200", "03 12:00+0200"),
        ("2026-06-03T09:00:00Z", EACH_HOUR, BERLIN, "03 11:00+0200", "03 12:00+0200"),
        ("2026-06-03T09:20:00Z", EACH_HOUR, "Asia/Kathmandu", "03 15:00+0545", "03 16:00+0545"),
        ("2026-06-03T09:20:00Z", EACH_DAY, BERLIN, "03 08:00+0200", "04 08:00+0200"),
        ("2026-06-03T05:59:59Z", EACH_DAY, BERLIN, "02 08:00+0200", "03 08:00+0200"),
        ("2026-06-03T09:20:00Z", EACH_WEEK, BERLIN, "01 08:00+0200", "08 08:00+0200"),
        # Two o'clock comes twice: two stretches of an hour, and one day of twenty-five hours.
        ("2026-10-25T00:30:00Z", EACH_HOUR, BERLIN, "25 02:00+0200", "25 02:00+0100"),
        ("2026-10-25T01:30:00Z", EACH_HOUR, BERLIN, "25 02:00+0100", "25 03:00+0100"),
        ("2026-10-24T09:00:00Z", EACH_DAY, BERLIN, "24 08:00+0200", "25 08:00+0100"),
        # Two o'clock does not come, and there is no half past one after it.
        ("2026-03-29T00:30:00Z", EACH_HOUR, BERLIN, "29 01:00+0100", "29 03:00+0200"),
        # Half an hour is left out, and another night comes twice.
        ("2026-10-03T15:00:00Z", EACH_HOUR, "Australia/Lord_Howe", "04 01:00+1030", "04 03:00+1100"),
        ("2026-04-04T14:30:00Z", EACH_HOUR, "Australia/Lord_Howe", "05 01:00+1100", "05 02:00+1030"),
        # The 30th never was.
        ("2011-12-30T02:00:00Z", EACH_DAY, "Pacific/Apia", "29 08:00-1000", "31 08:00+1400"),
    ],
)
def test_stretches(now: str, frequency: Frequency, zone: str, start: str, end: str) -> None:
    assert bounds(now, frequency, zone) == (start, end)


def test_an_hour_that_is_jumped_over_ends_the_day_when_the_clock_has_jumped() -> None:
    assert bounds("2026-03-29T00:30:00Z", EACH_DAY, hour=2) == ("28 02:00+0100", "29 03:00+0200")
    assert bounds("2026-03-08T04:30:00Z", EACH_DAY, "America/Havana", hour=0) == (
        "07 00:00-0500",
        "08 01:00-0400",
    )
    scoresbysund = bounds("2026-03-28T12:00:00Z", EACH_DAY, "America/Scoresbysund", hour=23)
    assert scoresbysund == ("27 23:00-0200", "29 00:00-0100")


def test_an_hour_that_comes_twice_ends_the_day_the_first_time() -> None:
    assert bounds("2026-10-25T00:30:00Z", EACH_DAY, hour=2) == ("25 02:00+0200", "26 02:00+0100")
