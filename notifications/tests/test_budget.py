"""A provider takes only so many mails an hour and a day: no more leave, none is lost, the urgent pass."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import User
from community import actions
from community.models import Post
from conftest import Browse, MakeUser
from notifications.channels.base import Answer, Result
from notifications.channels.bulk import BulkEmailChannel
from notifications.channels.email import EmailChannel
from notifications.models import Attempt, Budget, Delivery, Event, Notification
from notifications.outgoing import budget, sending
from notifications.outgoing.budget import SpentError
from notifications.transactions import dispatching
from notifications.upkeep.explain import reach
from notifications.upkeep.telling import sentences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
Travel = Callable[[float], None]


@pytest.fixture(autouse=True)
def ten_an_hour(settings: Any) -> None:
    settings.NOTIFICATION_MAIL_PER_HOUR = 10


@pytest.fixture
def at() -> Iterator[Travel]:
    """So many minutes after noon; what is due by then is sent."""
    clock = time_machine.travel(NOON, tick=False)
    traveller = clock.start()

    def at(minutes: float) -> None:
        traveller.move_to(NOON + timedelta(minutes=minutes))
        with sending.Lane("test") as lane:
            while lane.send_next():
                pass

    yield at
    clock.stop()


def use(count: int, minutes: float = 0, channel: type[EmailChannel] = EmailChannel) -> None:
    with dispatching():
        for _each in range(count):
            budget.take(channel, is_urgent=True, now=NOON + timedelta(minutes=minutes))


def used() -> list[int]:
    return [one.used for one in budget.standings(NOON)]


def test_what_is_too_much_comes_as_one_mail_when_there_is_room(
    at: Travel, alice: User, bob: User, post: Post
) -> None:
    at(0)
    use(8)
    for number in range(4):
        actions.comment(bob, post, f"Word {number}")
    at(1)
    assert [str(message.subject) for message in mail.outbox] == ["Bob commented on “Seedlings to give away”"]
    at(60)
    assert len(mail.outbox) == 1  # the part in which they were counted has to pass as well
    at(63)
    assert len(mail.outbox) == 2
    assert "only so many mails in an hour" in " ".join(str(mail.outbox[1].body).split())
    states = Delivery.objects.filter(event_id__isnull=False).values_list("state", "reason")
    assert sorted(states) == [("sent", ""), *[("skipped", "budget")] * 3]


def test_why_it_waits_is_said_to_the_person_and_to_the_staff(
    at: Travel, alice: User, bob: User, post: Post, browse: Browse
) -> None:
    at(0)
    use(9)
    actions.comment(bob, post, "A word")
    at(1)
    event = Event.objects.get(kind="COMMENT")
    said = " ".join(text for _about, text in sentences(event, reach(event, alice)))
    assert "it had sent as much as it may" in said
    client: Client = browse(alice)
    page = client.get(
        f"/notifications/{Notification.objects.get(recipient=alice, kind='COMMENT').pk}/why/"
    ).content.decode()
    assert "The site has sent as much mail as it may for now" in page


def test_what_is_urgent_has_the_last_tenth_and_waits_by_itself_then(at: Travel, alice: User) -> None:
    at(0)
    use(9)
    with pytest.raises(SpentError), dispatching():
        budget.take(EmailChannel, is_urgent=False, now=NOON)
    use(1)
    with pytest.raises(SpentError) as spent, dispatching():
        budget.take(EmailChannel, is_urgent=True, now=NOON)
    assert timedelta(hours=1) < spent.value.until - NOON <= timedelta(minutes=63)


def test_newsletters_leave_three_tenths_and_share_the_rest() -> None:
    use(7, channel=BulkEmailChannel)
    with pytest.raises(SpentError), dispatching():
        budget.take(BulkEmailChannel, is_urgent=False, now=NOON)
    with dispatching():
        budget.take(EmailChannel, is_urgent=False, now=NOON)
    assert used() == [8]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_of_a_small_budget_something_is_left_for_everything(settings: Any, limit: int) -> None:
    settings.NOTIFICATION_MAIL_PER_HOUR = limit
    with dispatching():
        budget.take(BulkEmailChannel, is_urgent=False, now=NOON)
    assert used() == [1]


@pytest.mark.parametrize("result", list(Result))
def test_what_was_not_taken_over_does_not_count(
    alice: User, bob: User, post: Post, monkeypatch: pytest.MonkeyPatch, at: Travel, result: Result
) -> None:
    at(0)
    monkeypatch.setattr(EmailChannel, "hand_over", lambda self, message: Answer(result, "words"))
    actions.comment(bob, post, "A word")
    assert Attempt.objects.exists()
    assert used() == [int(result in (Result.SENT, Result.UNANSWERED))]


def test_in_no_hour_there_are_more_wherever_it_begins(settings: Any) -> None:
    settings.NOTIFICATION_MAIL_PER_HOUR = 24
    left: list[float] = []
    for minute in range(300):
        try:
            use(3, minute)
            left += [minute] * 3
        except SpentError:
            continue
    assert len(left) > 4 * 20
    assert max(sum(start <= each < start + 60 for each in left) for start in range(300)) <= 24


def test_the_day_counts_too_and_both_must_allow_it(settings: Any) -> None:
    settings.NOTIFICATION_MAIL_PER_DAY = 12
    use(10)
    with pytest.raises(SpentError), dispatching():
        budget.take(EmailChannel, is_urgent=True, now=NOON + timedelta(minutes=5))
    use(2, 90)
    with pytest.raises(SpentError) as spent, dispatching():
        budget.take(EmailChannel, is_urgent=True, now=NOON + timedelta(minutes=91))
    assert spent.value.until > NOON + timedelta(hours=24)
    settings.NOTIFICATION_MAIL_PER_DAY = 5  # lowered while it is used
    assert [one.limit for one in budget.standings(NOON)] == [10, 5]
    with pytest.raises(SpentError), dispatching():
        budget.take(EmailChannel, is_urgent=True, now=NOON + timedelta(hours=10))


def test_two_at_the_same_moment_cannot_both_take_the_last_one() -> None:
    use(8)
    taken: list[bool] = []
    start = threading.Barrier(4)

    def take() -> None:
        start.wait()
        try:
            use(1)
            taken.append(True)
        except SpentError:
            taken.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, True, True]


def test_without_a_budget_nothing_is_asked(
    settings: Any, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    settings.NOTIFICATION_MAIL_PER_HOUR = 0
    assert count_queries(lambda: budget.take(EmailChannel, is_urgent=False, now=NOON)) == 0
    assert not Budget.objects.exists()


def test_the_page_of_operating_shows_what_is_used(make_user: MakeUser, browse: Browse) -> None:
    boss = make_user("boss", is_staff=True, is_superuser=True)
    with time_machine.travel(NOON, tick=False):
        use(9)
        page = browse(boss).get("/admin/notifications/tally/").content.decode()
    assert "Mails in the last hour: 9 of 10" in page
    assert "9 of the 10 mails of an hour are used" in page
