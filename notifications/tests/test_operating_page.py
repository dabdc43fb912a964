"""The page of how the engine is: what waits, what came through, who is at work, and where to look."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from community.models import Post
from conftest import Browse, MakeUser
from notifications.admin.charts import bars, lines
from notifications.models import Breaker, Delivery, Event, Hold, JobRun, Worker
from notifications.templatetags.operating import seconds
from notifications.upkeep import flow, tallying
from notifications.upkeep.schedule import no_rest

from .scenes import a_like

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PAGE = reverse("admin:notifications_tally_changelist")


@pytest.fixture
def operator(bob: User, browse: Browse) -> Client:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return browse(bob)


def read(client: Client, **query: str) -> str:
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return response.content.decode()


def a_mail(recipient: User, event_id: int | None, **fields: object) -> Delivery:
    return Delivery.objects.create(
        event_id=event_id, recipient=recipient, channel="email", group_key="x", **fields
    )


def test_it_is_for_who_may_look(alice: User, chloe: User, browse: Browse) -> None:
    assert browse(chloe).get(PAGE).status_code == 302
    alice.is_staff = True
    alice.save()
    assert browse(alice).get(PAGE).status_code == 403


def test_all_is_well_where_somebody_works_and_nothing_waits(operator: Client, settings: object) -> None:
    Worker.objects.create(name="host:1:a", host="host", pid=1)
    page = read(operator)
    assert "All is well" in page
    assert "host:1:a" in page
    assert "Nothing in this time." in page


def test_what_is_wrong_is_said_first_with_what_helps(
    alice: User, bob: User, post: Post, operator: Client, settings: pytest.FixtureRequest
) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # type: ignore[attr-defined]
    now = timezone.now()
    event = Event.objects.get(pk=a_like(alice, bob, post).event_id)
    Event.objects.filter(pk=event.pk).update(state="pending", run_at=now - timedelta(minutes=7))
    Breaker.objects.create(channel="email", opened_at=now, is_our_fault=True, last_error="535 wrong password")
    JobRun.objects.create(job="leases", due_at=now, ended_at=now, error="ZeroDivisionError: none")
    JobRun.objects.create(job="backup", due_at=now, ended_at=now - timedelta(days=3))
    Hold.objects.create(since=now)
    page = read(operator)
    assert "All is well" not in page
    assert "This site was restored on" in page
    assert "No dispatcher is at work" in page
    assert "In the app: what is due longest has waited for 7 minutes." in page
    assert "Email: nothing is sent, for this site is turned away: 535 wrong password" in page
    assert "The job “leases” failed: ZeroDivisionError: none" in page
    assert "The last backup was made on" in page


@pytest.mark.parametrize("span", ["hour", "day", "week", "nonsense"])
def test_what_came_through_is_drawn_and_stands_in_a_table(
    span: str, alice: User, bob: User, post: Post, operator: Client
) -> None:
    ended = timezone.now() - timedelta(minutes=5)
    row = a_like(alice, bob, post, at=ended - timedelta(seconds=20))
    Event.objects.filter(pk=row.event_id).update(ended_at=ended)
    a_mail(alice, row.event_id, state="sent", created_at=ended, ended_at=ended)
    a_mail(bob, row.event_id, state="dead", created_at=ended, ended_at=ended)
    while tallying.take_a_turn(JobRun(job="tally"), no_rest):
        pass
    page = read(operator, span=span)
    assert "sent 1" in page
    assert "given up 1" in page
    assert page.count('<path class="good"') == 2  # of the inbox and of the mails
    assert page.count('<path class="bad"') == 1
    assert "<polyline" in page
    assert "half within 38 s" in page  # between 15 and 60 seconds, which is all that is kept of it
    assert "style=" not in page.partition('class="operating"')[2]


def test_it_asks_as_much_of_many_as_of_few(
    alice: User, bob: User, post: Post, operator: Client, count_queries: Callable[..., int]
) -> None:
    read(operator)
    few = count_queries(lambda: read(operator))
    for number in range(30):
        row = a_like(alice, bob, post, number=number)
        a_mail(alice, row.event_id, state="failed", ended_at=timezone.now())
        Worker.objects.create(name=f"w{number}", host="h", pid=number)
    while tallying.take_a_turn(JobRun(job="tally"), no_rest):
        pass
    assert count_queries(lambda: read(operator)) <= few


def test_a_story_is_found_by_number_and_by_message_id(
    alice: User, bob: User, post: Post, operator: Client, make_user: MakeUser
) -> None:
    row = a_like(alice, bob, post)
    a_mail(alice, row.event_id)
    summary = a_mail(alice, None, cadence="quiet", window_start=timezone.now())
    story = reverse("admin:notifications_event_explain", args=[row.event_id])
    of_summary = reverse("admin:notifications_delivery_change", args=[summary.pk])
    for asked, found in {
        str(row.event_id): story,
        f"<email.{row.event_id}.{alice.pk}@localhost>": story,
        f"<email.quiet.{summary.pk}.{alice.pk}@localhost>": of_summary,
    }.items():
        assert operator.get(PAGE, {"find": asked}).headers["Location"] == found
    for asked in ("9" * 30, "<email.1.999999@localhost>", "<someone@else.example>", "\x00"):
        assert "Nothing here has this number or Message-ID." in read(operator, find=asked)


def test_a_single_one_shows_beside_thousands() -> None:
    chart = bars("x", {"good": [5000, 0], "bad": [1, 0]})
    assert [(bars.shade, bars.points) for bars in chart.bars] == [
        ("good", "M1,0h8v100h-8z"),
        ("bad", "M1,0h8v1h-8z"),
    ]


def test_a_line_breaks_where_nothing_was() -> None:
    chart = lines("x", {"half": [1, None, 2, 4]})
    assert [line.points for line in chart.lines] == ["0,75.0 10,75.0", "20,50.0 30,50.0 30,0.0 40,0.0"]


@pytest.mark.parametrize(
    ("spread", "count", "half"),
    [([0] * 11, 0, None), ([4] * 11, 4, 0.05), ([0, 0, 2, 4] + [4] * 7, 4, 0.5), ([0] * 11, 3, 7200.0)],
)
def test_half_is_read_between_the_bounds(spread: list[int], count: int, half: float | None) -> None:
    assert flow.quantile(spread, count, 0.5) == half


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (0, "0 s"),
        (0.42, "0.4 s"),
        (90, "90 s"),
        (150, "2.5 min"),
        (7200, "2 h"),
        (864000, "10 d"),
    ],
)
def test_durations_are_short(value: float | None, words: str) -> None:
    assert seconds(value) == words
