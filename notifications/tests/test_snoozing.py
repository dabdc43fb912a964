"""Until when: the times that are offered, one's own, and those that make no sense. In the person's zone."""

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Post
from notifications.inbox.snoozing import Nap, offers
from notifications.models import Notification

from .scenes import a_like, likes

INBOX = "/notifications/"
Browse = Callable[[User], Client]
MONDAY_NOON = datetime(2026, 5, 4, 12, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "nap", "until"),
    [
        ("2026-05-04 12:10", Nap.LATER, "2026-05-04 15:00"),
        ("2026-05-04 12:40", Nap.LATER, "2026-05-04 16:00"),
        ("2026-05-04 12:10", Nap.TOMORROW, "2026-05-05 08:00"),
        ("2026-05-04 02:00", Nap.TOMORROW, "2026-05-05 08:00"),
        ("2026-05-04 12:10", Nap.NEXT_WEEK, "2026-05-11 08:00"),
        ("2026-05-09 12:10", Nap.NEXT_WEEK, "2026-05-11 08:00"),
        ("2026-05-10 12:10", Nap.NEXT_WEEK, "2026-05-18 08:00"),  # a Sunday: tomorrow has its own button
        ("2026-10-24 12:10", Nap.TOMORROW, "2026-10-25 08:00"),  # the clocks go back that night
        ("2026-03-28 12:10", Nap.TOMORROW, "2026-03-29 08:00"),  # and forward that one
    ],
)
def test_the_times_are_those_of_the_clock_on_the_wall(now: str, nap: Nap, until: str) -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    with timezone.override(berlin):
        found = nap.until(datetime.fromisoformat(now).replace(tzinfo=berlin))
        assert f"{timezone.localtime(found):%Y-%m-%d %H:%M}" == until


def test_late_in_the_evening_nothing_is_later_today() -> None:
    assert [offer.nap for offer in offers(MONDAY_NOON)] == list(Nap)
    late = MONDAY_NOON.replace(hour=21)
    assert [offer.nap for offer in offers(late)] == [Nap.TOMORROW, Nap.NEXT_WEEK]


@pytest.fixture
def alices(alice: User, browse: Browse) -> Client:
    alice.time_zone = "Pacific/Auckland"
    alice.save()
    return browse(alice)


@pytest.fixture
def row(alice: User, bob: User, post: Post) -> Notification:
    return a_like(alice, bob, post)


@pytest.mark.django_db
def test_a_nap_takes_it_out_of_sight_until_then(alices: Client, row: Notification) -> None:
    alices.post(f"{INBOX}change/", {"ids": row.pk, "snooze": "tomorrow"})
    row.refresh_from_db()
    assert row.snoozed_until is not None
    there = row.snoozed_until.astimezone(zoneinfo.ZoneInfo("Pacific/Auckland"))
    assert (there.hour, there.minute) == (8, 0)
    assert f'id="n{row.pk}"' not in alices.get(INBOX).content.decode()
    asleep = alices.get(f"{INBOX}?show=snoozed").content.decode()
    assert f'id="n{row.pk}"' in asleep
    assert "Comes back <time" in asleep
    assert ">Tomorrow<" in asleep


@pytest.mark.django_db
def test_another_time_is_chosen_on_a_page_of_its_own(
    alice: User, bob: User, post: Post, alices: Client
) -> None:
    rows = likes(alice, bob, post, 2)
    ids = ",".join(str(row.pk) for row in rows)
    where = alices.post(f"{INBOX}change/?show=unread", {"ids": ids, "do": "snooze"})["Location"]
    assert "2 items" in alices.get(where).content.decode()
    wall = timezone.now().astimezone(zoneinfo.ZoneInfo("Pacific/Auckland")) + timedelta(days=9)
    answer = alices.post(where, {"ids": ids, "until": f"{wall:%Y-%m-%dT%H:%M}"})
    assert answer["Location"].startswith(f"{INBOX}?show=unread&did=")
    until = {row.snoozed_until for row in Notification.objects.of(alice).asleep()}
    assert until == {wall.replace(second=0, microsecond=0)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("2020-01-01T08:00", "over already"),
        ("9999-12-31T23:59", "more than a year"),
        ("0001-01-02T00:00", "over already"),
        ("soon", "Enter a valid date/time"),
        ("2026-02-31T08:00", "Enter a valid date/time"),
        ("", "This field is required"),
    ],
)
def test_a_time_that_makes_no_sense_is_said_at_its_field(
    until: str, says: str, alices: Client, row: Notification
) -> None:
    response = alices.post(f"{INBOX}snooze/", {"ids": row.pk, "until": until})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["until"]
    assert says in response.content.decode()
    row.refresh_from_db()
    assert row.snoozed_until is None


@pytest.mark.django_db
def test_nobody_snoozes_anothers(row: Notification, chloe: User, browse: Browse) -> None:
    until = f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    client = browse(chloe)
    assert client.get(f"{INBOX}snooze/?ids={row.pk}").status_code == 404
    assert client.post(f"{INBOX}snooze/", {"ids": row.pk, "until": until}).status_code == 404
    row.refresh_from_db()
    assert row.snoozed_until is None
