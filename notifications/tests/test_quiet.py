"""Whether it is quiet, and until when: what a clock on the wall says, through both changes of the clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.models import QuietHours, Weekday
from notifications.models.quiet import EVERY_DAY
from notifications.steering.quiet import quiet_until, window_at

BERLIN = "Europe/Berlin"  # 2026: 02:00 is 03:00 on 29 March; 03:00 is 02:00 on 25 October
WEEKEND = 1 << Weekday.SATURDAY | 1 << Weekday.SUNDAY
# Half hours, changes at midnight, a day that never was (Apia), and none at all.
ZONES = (
    BERLIN, "UTC", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Asia/Kathmandu",
    "Asia/Tehran", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia", "Pacific/Chatham",
    "Pacific/Kiritimati", "America/Havana", "Africa/Casablanca", "Antarctica/Troll", "America/Asuncion",
)  # fmt: skip


def quiet(starts: str, ends: str, days: int = EVERY_DAY) -> QuietHours:
    return QuietHours(is_on=True, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), days=days)


def until(now: str, hours: QuietHours, zone: str = BERLIN) -> str | None:
    """Local times, or in UTC with a Z."""
    moment = datetime.fromisoformat(now)
    moment = moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment
    end = quiet_until(moment, hours, ZoneInfo(zone))
    return end.astimezone(ZoneInfo(zone)).strftime("%d %H:%M%z") if end else None


@pytest.mark.parametrize(
    ("now", "starts", "ends", "days", "end"),
    [
        # across midnight; 3 June 2026 is a Wednesday
        ("2026-06-03T21:59:59", "22:00", "07:00", EVERY_DAY, None),
        ("2026-06-03T22:00:00", "22:00", "07:00", EVERY_DAY, "04 07:00+0200"),
        ("2026-06-04T06:59:59", "22:00", "07:00", EVERY_DAY, "04 07:00+0200"),
        ("2026-06-04T07:00:00", "22:00", "07:00", EVERY_DAY, None),
        # within one day
        ("2026-06-03T12:30:00", "12:00", "13:00", EVERY_DAY, "03 13:00+0200"),
        ("2026-06-03T11:59:59", "12:00", "13:00", EVERY_DAY, None),
        ("2026-06-03T13:00:00", "12:00", "13:00", EVERY_DAY, None),
        # weekdays are those on which it begins: the night to Monday is Sunday's
        ("2026-06-05T23:00:00", "22:00", "07:00", WEEKEND, None),
        ("2026-06-08T06:00:00", "22:00", "07:00", WEEKEND, "08 07:00+0200"),
        ("2026-06-06T06:00:00", "22:00", "07:00", WEEKEND, None),
        ("2026-06-03T23:00:00", "22:00", "07:00", 0, None),
        # the night an hour is left out: eight hours, and nine on the clock
        ("2026-03-28T22:30:00", "22:00", "07:00", EVERY_DAY, "29 07:00+0200"),
        ("2026-03-29T00:30:00", "22:00", "02:30", EVERY_DAY, "29 03:00+0200"),
        ("2026-03-29T03:00:00", "22:00", "02:30", EVERY_DAY, None),
        ("2026-03-29T03:10:00", "02:30", "04:00", EVERY_DAY, "29 04:00+0200"),
        ("2026-03-29T01:59:00", "02:30", "04:00", EVERY_DAY, None),
        ("2026-03-29T03:00:00", "02:10", "02:50", EVERY_DAY, None),
        # the night an hour comes twice: quiet both times, without a gap
        ("2026-10-25T00:40:00Z", "22:00", "02:30", EVERY_DAY, "25 02:30+0100"),
        ("2026-10-25T00:10:00Z", "22:00", "02:30", EVERY_DAY, "25 02:30+0100"),
        ("2026-10-25T01:29:00Z", "22:00", "02:30", EVERY_DAY, "25 02:30+0100"),
        ("2026-10-25T01:30:00Z", "22:00", "02:30", EVERY_DAY, None),
        ("2026-10-25T00:29:00Z", "02:30", "04:00", EVERY_DAY, None),
        ("2026-10-25T01:10:00Z", "02:30", "04:00", EVERY_DAY, "25 04:00+0100"),
    ],
)  # fmt: skip
def test_the_end_of_quiet_hours_in_berlin(
    now: str, starts: str, ends: str, days: int, end: str | None
) -> None:
    assert until(now, quiet(starts, ends, days)) == end


@pytest.mark.parametrize(
    ("zone", "now", "starts", "ends", "end"),
    [
        ("America/New_York", "2026-03-08T00:00:00", "22:00", "02:30", "08 03:00-0400"),
        ("Australia/Lord_Howe", "2026-10-03T23:00:00", "22:00", "02:10", "04 02:30+1100"),  # half an hour
        ("America/Havana", "2026-03-07T23:30:00", "22:00", "00:30", "08 01:00-0400"),  # there is no midnight
        ("Asia/Kathmandu", "2026-06-03T23:00:00", "22:00", "07:00", "04 07:00+0545"),
        ("Pacific/Apia", "2011-12-29T23:00:00", "22:00", "07:00", "31 07:00+1400"),  # nor is there a 30th
    ],
)
def test_the_end_of_quiet_hours_elsewhere(zone: str, now: str, starts: str, ends: str, end: str) -> None:
    assert until(now, quiet(starts, ends), zone) == end


def test_it_is_never_quiet_for_whoever_did_not_ask_for_it() -> None:
    zone, night = ZoneInfo(BERLIN), datetime(2026, 6, 3, 23, tzinfo=UTC)
    assert quiet_until(night, None, zone) is None
    assert quiet_until(night, QuietHours(), zone) is None


def by_the_clock(now: datetime, hours: QuietHours, zone: ZoneInfo) -> bool:
    """As a person reads it, from nothing but the time on the wall."""
    local = now.astimezone(zone)
    clock, today, yesterday = local.time(), local.weekday(), (local.weekday() - 1) % 7
    if hours.starts < hours.ends:
        return hours.starts <= clock < hours.ends and bool(hours.days & 1 << today)
    begun, lasting = clock >= hours.starts, clock < hours.ends
    return bool((begun and hours.days & 1 << today) or (lasting and hours.days & 1 << yesterday))


def clocks_change_near(now: datetime, zone: ZoneInfo) -> bool:
    offsets = {(now + timedelta(hours=n)).astimezone(zone).utcoffset() for n in range(-30, 31)}
    return len(offsets) > 1


def changes_of(zone: ZoneInfo) -> list[datetime]:
    """The days of three years after which its clocks show another offset."""
    days = [datetime(2010, 6, 1, tzinfo=UTC) + timedelta(days=n) for n in range(1100)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after]


CHANGES = [(zone, day) for zone in map(ZoneInfo, ZONES) for day in changes_of(zone)]
some_time = st.tuples(
    st.sampled_from(ZONES).map(ZoneInfo),
    st.integers(1_100_000_000, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
near_a_change = st.builds(
    lambda change, minutes: (change[0], change[1] + timedelta(minutes=minutes)),
    st.sampled_from(CHANGES),
    st.integers(-600, 2000),
)
clock_times = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@settings(max_examples=200, deadline=None)
@given(
    when=some_time | near_a_change,
    starts=clock_times,
    ends=clock_times,
    days=st.integers(0, EVERY_DAY),
)
@example(
    (ZoneInfo("America/St_Johns"), datetime(2008, 11, 2, 2, 45, tzinfo=UTC)), time(0), time(7), EVERY_DAY
)
@example((ZoneInfo("Pacific/Apia"), datetime(2011, 12, 30, 9, 59, tzinfo=UTC)), time(22), time(7), EVERY_DAY)
def test_quiet_is_what_the_clock_on_the_wall_says(
    when: tuple[ZoneInfo, datetime], starts: time, ends: time, days: int
) -> None:
    zone, now = when
    hours = QuietHours(is_on=True, starts=starts, ends=ends, days=days)
    if starts == ends:
        return
    window = window_at(now, hours, zone)
    if by_the_clock(now, hours, zone):
        assert window
    elif not clocks_change_near(now, zone):
        assert window is None
    if window is None:
        return
    assert window.start <= now < window.end
    assert not by_the_clock(window.end, hours, zone)
    assert window_at(window.end, hours, zone) is None
    just_before = window_at(window.end - timedelta(seconds=1), hours, zone)
    assert just_before is not None
    assert just_before.end == window.end
    if not clocks_change_near(now, zone):
        day = timedelta(days=1)
        asked = datetime.combine(now.date(), ends) - datetime.combine(now.date(), starts)
        assert window.end - window.start == asked % day
