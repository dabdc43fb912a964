"""All that became of one event, in the order of time, page by page."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from community import actions
from community.models import Post
from conftest import Browse
from notifications.inbox.paging import Place
from notifications.models import Attempt, Bounce, Delivery, Event, Notification
from notifications.upkeep import deeds
from notifications.upkeep.timeline import PAGE, Moment, timeline_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def boss(chloe: User, browse: Browse) -> Client:
    chloe.is_staff = chloe.is_superuser = True
    chloe.save()
    return browse(chloe)


@pytest.fixture
def event(post: Post, bob: User) -> Event:
    actions.react(bob, post)
    return Event.objects.get(kind="LIKE")


def sent_to(event: Event, person: User | None, number: int, **fields: object) -> Delivery:
    at = event.created_at + timedelta(minutes=number)
    values = {"state": "sent", "created_at": at, "ended_at": at + timedelta(seconds=30), **fields}
    row = Delivery.objects.create(
        event_id=event.pk, recipient=person, channel="email", group_key=f"x{number}", **values
    )
    Attempt.objects.create(
        delivery=row, worker="w1", started_at=at + timedelta(seconds=10), outcome="sent", answer="250 taken"
    )
    return row


def pages(event: Event, **whose: Any) -> list[list[Moment]]:
    found, after = [], None
    while True:
        page = timeline_of(event, after=after, **whose)
        found.append(page.moments)
        if page.next is None:
            return found
        after = Place.read(str(page.next))
        assert after == page.next


def test_everything_stands_in_the_order_of_time(event: Event, alice: User, chloe: User) -> None:
    Notification.objects.update(read_at=event.created_at + timedelta(hours=1))
    summary = Delivery.objects.create(
        recipient=alice, channel="email", group_key="s", cadence="daily", state="sent",
        ended_at=event.created_at + timedelta(hours=3),
    )  # fmt: skip
    Delivery.objects.filter(event_id=event.pk).update(state="held", summary_id=summary.pk)
    [mail] = Delivery.objects.filter(event_id=event.pk)
    Bounce.objects.create(
        key="k", address="a@example.com", cause="full", source="report", delivery_id=summary.pk,
        received_at=event.created_at + timedelta(hours=4),
    )  # fmt: skip
    deeds.write(Delivery, [mail.pk], by=chloe, words="Requeue")
    [moments] = pages(event)
    told = [moment.what for moment in moments if moment.what not in ("tried", "ended", "by_hand")]
    assert told[0] == "written"
    assert set(told[1:4]) == {"told", "decided", "made"}
    assert told[4:] == ["read", "summed_up", "bounced"]
    assert [moment.of.change_message for moment in moments if moment.what == "by_hand"] == ["Requeue"]
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


def test_pages_leave_nothing_out_and_repeat_nothing(event: Event) -> None:
    same = event.created_at + timedelta(days=1)
    for number in range(40):  # many at one time
        sent_to(event, None, number, address=f"p{number}@example.com", created_at=same, ended_at=same)
    found = pages(event)
    places = [moment.place for page in found for moment in page]
    assert [len(page) for page in found[:-1]] == [PAGE] * (len(found) - 1)
    assert len(found) == 3
    assert places == sorted(set(places))
    assert sum(moment.what == "tried" for page in found for moment in page) >= 40


def test_of_one_person_or_address_only_what_became_of_it_there(event: Event, bob: User, chloe: User) -> None:
    mine, other = sent_to(event, chloe, 1), sent_to(event, bob, 2)
    by_address = sent_to(event, None, 3, address="x@example.com")

    def deliveries(**whose: object) -> set[int]:
        return {moment.of.pk for page in pages(event, **whose) for moment in page if moment.what == "made"}

    assert deliveries(person=chloe) == {mine.pk}
    assert deliveries(address="X@example.com") == {by_address.pk}
    assert deliveries(address="nobody@example.com") == set()
    assert deliveries() >= {mine.pk, other.pk, by_address.pk}


def test_the_page_asks_as_often_whatever_the_number_of_rows(event: Event, boss: Client, chloe: User) -> None:
    url = reverse("admin:notifications_event_explain", args=[event.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page = boss.get(url).content.decode()
        assert "250 taken" in page
        return len(captured)

    sent_to(event, chloe, 1)
    boss.get(url)
    few = queries()
    for number in range(2, 70):
        sent_to(event, None, number, address=f"p{number}@example.com")
    assert queries() == few
    assert "What came then" in boss.get(url).content.decode()


@pytest.mark.parametrize(
    "text", ["", "x", "2026-01-01", "2026-01-01T00:00:00_1_1", "2026-13-01T00:00:00+00:00_1_1",
             "2026-01-01T00:00:00+00:00_1_²", "2026-01-01T00:00:00+00:00_-1_1"],
)  # fmt: skip
def test_a_place_that_is_none_is_the_beginning(text: str) -> None:
    assert Place.read(text) is None
