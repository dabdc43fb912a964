"""Times as people say them, in the reader's time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from web.times import ago

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=15), "15 hours ago"),
        (timedelta(hours=16), "yesterday, 11:30 PM"),
        (timedelta(hours=39), "yesterday, 12:30 AM"),
        (timedelta(hours=40), "March 8"),
        (timedelta(days=100), "Nov. 30, 2025"),
    ],
)
def test_age_is_said_in_the_largest_honest_unit(age: timedelta, said: str) -> None:
    with translation.override("en"):
        assert ago(NOW - age, NOW) == said


def test_yesterday_is_the_readers_yesterday() -> None:
    moment = NOW - timedelta(hours=14)  # 1:30 in the same UTC day, 20:30 of the day before in New York
    with translation.override("en"), timezone.override(ZoneInfo("America/New_York")):
        assert ago(moment, NOW) == "yesterday, 9:30 PM"


def test_the_tag_carries_the_exact_moment_for_machines_and_for_the_curious() -> None:
    html = Template("{{ moment|ago }}").render(Context({"moment": NOW}))
    assert html.startswith('<time datetime="2026-03-10T15:30:00+00:00" title="March 10, 2026')
    assert " data-ago>" in html


def test_no_moment_is_no_text() -> None:
    assert Template("[{{ moment|ago }}{{ moment|clock }}]").render(Context({"moment": None})) == "[]"


def test_the_clock_says_the_time_of_day_alone() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert ">4:30 PM</time>" in Template("{{ moment|clock }}").render(Context({"moment": NOW}))
