"""What counts, how often, and which days are in a row: tables, and no database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reputation.rules import BADGES, Act, Cause, Day, Streak, badges, counted, streak

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


def thanks(post: int, other: int, at: datetime = MONDAY) -> Act:
    return Act(Cause.THANKS, post, other, at)


def days(zone: str, *moments: str) -> list[Day]:
    """By a clock in that zone."""
    local = [datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)) for moment in moments]
    return [Day(at.astimezone(UTC), at.date()) for at in local]


def test_somebody_s_reactions_to_one_post_count_once_and_the_first_of_them() -> None:
    later = thanks(1, 2, MONDAY + A_DAY)
    assert counted([later, thanks(1, 2)]) == [thanks(1, 2)]


@pytest.mark.parametrize(
    ("cause", "most"), [(Cause.POST, 3), (Cause.COMMENT, 10), (Cause.WELCOME, 3), (Cause.THANKS, 20)]
)
def test_of_each_only_so_much_counts_in_a_day(cause: Cause, most: int) -> None:
    acts = [Act(cause, number, number, MONDAY + timedelta(seconds=number)) for number in range(30)]
    tomorrow = Act(cause, 99, 99, MONDAY + A_DAY)
    assert counted([*acts, tomorrow]) == [*acts[:most], tomorrow]


def test_what_was_over_the_limit_counts_when_an_earlier_one_is_undone() -> None:
    acts = [Act(Cause.POST, number, 0, MONDAY + timedelta(seconds=number)) for number in range(4)]
    assert counted(acts[1:]) == acts[1:]


def test_two_who_press_for_each_other_get_three_a_day() -> None:
    acts = [thanks(post, 2, MONDAY + timedelta(seconds=post)) for post in range(8)]
    assert counted(acts) == acts[:3]


def test_somebody_is_welcomed_once_by_the_same_person() -> None:
    first = Act(Cause.WELCOME, 1, 7, MONDAY)
    assert counted([Act(Cause.WELCOME, 2, 7, MONDAY + A_DAY), first]) == [first]


@pytest.mark.parametrize(
    ("zone", "moments", "today", "expected"),
    [
        pytest.param("UTC", [], "2026-03-02T12:00", Streak(), id="nothing yet"),
        pytest.param(
            "UTC", ["2026-03-01T09:00", "2026-03-01T10:00"], "2026-03-02T23:59", Streak(1, 1), id="yesterday"
        ),
        pytest.param("UTC", ["2026-03-01T09:00"], "2026-03-03T09:00", Streak(0, 1), id="a day left out"),
        pytest.param(
            "Europe/Berlin",  # 23 hours long
            ["2026-03-28T23:59", "2026-03-29T23:59", "2026-03-30T00:01"],
            "2026-03-30T12:00",
            Streak(3, 3),
            id="clocks go forward",
        ),
        pytest.param(
            "Europe/Berlin",  # the 23-hour day itself was left out
            ["2026-03-28T23:59", "2026-03-30T00:00"],
            "2026-03-30T12:00",
            Streak(1, 1),
            id="the short day left out",
        ),
        pytest.param(
            "Europe/Berlin",
            ["2026-10-24T00:00", "2026-10-25T23:59", "2026-10-26T23:59"],
            "2026-10-26T23:59",
            Streak(3, 3),
            id="clocks go back",
        ),
        pytest.param(
            "Pacific/Apia",  # had no 30th
            ["2011-12-29T20:00", "2011-12-31T09:00"],
            "2011-12-31T12:00",
            Streak(2, 2),
            id="a date that was not",
        ),
        pytest.param(
            "UTC",
            ["2026-03-01T09:00", "2026-03-02T09:00", "2026-03-03T09:00", "2026-03-08T09:00"],
            "2026-03-08T10:00",
            Streak(1, 3),
            id="the longest is kept",
        ),
    ],
)
def test_days_in_a_row(zone: str, moments: list[str], today: str, expected: Streak) -> None:
    [now] = days(zone, today)
    assert streak(days(zone, *moments), now.date, now.at) == expected


def test_a_journey_that_skips_a_date_or_has_one_twice_breaks_nothing() -> None:
    east = days("America/Los_Angeles", "2026-03-02T20:00") + days("Pacific/Auckland", "2026-03-04T08:00")
    assert east[1].at - east[0].at < timedelta(hours=23)
    assert streak(east, east[1].date, east[1].at) == Streak(2, 2)
    west = days("Pacific/Auckland", "2026-03-04T09:00") + days("America/Los_Angeles", "2026-03-03T20:00")
    assert streak(west, date(2026, 3, 3), west[1].at) == Streak(1, 1)


def test_badges_come_at_the_act_that_fulfils_them() -> None:
    few = [thanks(number, number % 4, MONDAY + number * A_DAY) for number in range(30)]
    assert "helpful" not in badges(few, [])
    fifth = thanks(40, 5, MONDAY + 40 * A_DAY)
    assert badges([*few, fifth], [])["helpful"] == fifth.at
    written = [Day(MONDAY + number * A_DAY, (MONDAY + number * A_DAY).date()) for number in range(20)]
    assert badges([], [*written[:19], written[0]]) == {}
    assert badges([], written) == {"regular": written[19].at}
    assert set(BADGES) == {"first_post", "good_answers", "welcoming", "helpful", "regular"}
