"""What ended is counted once, in its minute, its quarter of an hour, its hour, and for good."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from community.models import Post
from notifications.models import Attempt, Delivery, Event, JobRun, Tally
from notifications.upkeep import tallying
from notifications.upkeep.schedule import no_rest

from .scenes import a_like

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOW = datetime(2026, 3, 3, 12, 34, 56, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def count(now: datetime) -> JobRun:
    """All there is to count at that moment."""
    run = JobRun(job="tally", due_at=now)
    while tallying.take_a_turn(run, no_rest, now=now):
        pass
    return run


def a_mail(event_id: int, recipient: User, **fields: object) -> Delivery:
    return Delivery.objects.create(
        event_id=event_id, recipient=recipient, channel="email", group_key="x", **fields
    )


def a_fact(alice: User, bob: User, post: Post, *, ended_at: datetime, took: timedelta, number: int) -> Event:
    row = a_like(alice, bob, post, at=ended_at - took, number=number)
    Event.objects.filter(pk=row.event_id).update(ended_at=ended_at)
    return Event.objects.get(pk=row.event_id)


def lines(of: str, minutes: int) -> list[tuple[str, str, int]]:
    rows = Tally.objects.filter(of=of, minutes=minutes).order_by("start", "state")
    return [(f"{row.start:%H:%M}", row.state, row.count) for row in rows]


def test_each_minute_is_counted_and_so_are_what_it_lies_in_and_the_whole(
    alice: User, bob: User, post: Post
) -> None:
    for number, minutes in enumerate((3, 3, 2, 50)):
        a_fact(alice, bob, post, ended_at=NOW - minutes * MINUTE, took=MINUTE, number=number)
    count(NOW)
    assert lines("event", 1) == [("11:44", "done", 1), ("12:31", "done", 2), ("12:32", "done", 1)]
    assert lines("event", 15) == [("11:30", "done", 1), ("12:30", "done", 3)]
    assert lines("event", 60) == [("11:00", "done", 1), ("12:00", "done", 3)]
    assert lines("event", 0) == [("00:00", "done", 4)]
    whole = Tally.objects.get(of="event", minutes=0)
    assert whole.seconds == pytest.approx(240, abs=0.01)
    assert whole.what == "LIKE"


def test_nothing_is_counted_twice_and_what_comes_later_is_added(alice: User, bob: User, post: Post) -> None:
    a_fact(alice, bob, post, ended_at=NOW - 2 * MINUTE, took=MINUTE, number=0)
    count(NOW)
    count(NOW)
    a_fact(alice, bob, post, ended_at=NOW, took=MINUTE, number=1)
    count(NOW + 2 * MINUTE)
    assert [count for _at, _state, count in lines("event", 0)] == [2]


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_count_once(alice: User, bob: User, post: Post) -> None:
    for number in range(20):
        a_fact(alice, bob, post, ended_at=NOW - (number + 3) * MINUTE, took=MINUTE, number=number)
    start = threading.Barrier(2)

    def job() -> None:
        start.wait(10)
        count(NOW)
        connection.close()

    threads = [threading.Thread(target=job) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(number for _start, _state, number in lines("event", 1)) == 20
    assert lines("event", 0) == [("00:00", "done", 20)]


def test_a_minute_that_is_not_settled_waits(alice: User, bob: User, post: Post) -> None:
    a_fact(alice, bob, post, ended_at=NOW.replace(second=1), took=MINUTE, number=0)
    count(NOW.replace(second=59))
    assert lines("event", 1) == []
    count(NOW.replace(second=0) + MINUTE + tallying.SETTLED)
    assert lines("event", 1) == [("12:34", "done", 1)]


def test_a_mail_takes_from_what_happened_to_its_hand_over(alice: User, bob: User, post: Post) -> None:
    ended = NOW - 5 * MINUTE
    event = a_fact(alice, bob, post, ended_at=ended, took=timedelta(seconds=20), number=0)
    mail = a_mail(event.pk, alice, state="sent", created_at=ended, ended_at=ended)
    Attempt.objects.create(
        delivery=mail, worker="w", started_at=ended, ended_at=ended, outcome="sent", answer="250 OK"
    )
    Attempt.objects.create(
        delivery=mail, worker="w", started_at=ended, ended_at=ended, outcome="away", answer="gone"
    )
    count(NOW)
    tally = Tally.objects.get(of="delivery", minutes=0)
    assert (tally.lane, tally.state, tally.count) == ("email", "sent", 1)
    assert tally.seconds == pytest.approx(20, abs=0.01)
    assert tally.spread == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    attempts = Tally.objects.filter(of="attempt", minutes=0).order_by("state")
    assert [(row.state, row.what, row.count) for row in attempts] == [("away", "", 1), ("sent", "2xx", 1)]


def test_a_queue_is_remembered_at_its_worst(alice: User, bob: User, post: Post) -> None:
    for number in range(3):
        a_like(alice, bob, post, number=number)
    Event.objects.update(state="pending", ended_at=None, run_at=NOW - MINUTE)
    count(NOW)
    Event.objects.update(state="done")
    count(NOW + MINUTE)
    inbox = Tally.objects.filter(of="queue", lane="in_app")
    assert [row.count for row in inbox.filter(minutes=1).order_by("start")] == [3, 0]
    worst = inbox.get(minutes=60)
    assert (worst.count, worst.seconds) == (3, 60)


def test_fine_lines_go_and_the_whole_stays(alice: User, bob: User, post: Post) -> None:
    a_fact(alice, bob, post, ended_at=NOW - 2 * MINUTE, took=MINUTE, number=0)
    count(NOW)
    count(NOW + timedelta(days=1))
    assert [lines("event", minutes) for minutes in (1, 15)] == [[], [("12:30", "done", 1)]]
    count(NOW + timedelta(days=40))
    assert {row.minutes for row in Tally.objects.filter(of="event")} == {0}
