"""An instant mail waits to be read; in a storm the first leaves, and the rest of some minutes as one."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from conftest import Browse
from notifications.inbox import actions as inbox
from notifications.models import Delivery, Event, Notification, QuietHours
from notifications.outgoing import joining, sending
from notifications.upkeep.audit import audit
from notifications.upkeep.explain import reach
from notifications.upkeep.telling import sentences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Travel = Callable[[float], None]


@pytest.fixture(autouse=True)
def five_minutes(settings: Settings) -> None:
    settings.NOTIFICATION_EMAIL_DELAY_SECONDS = 300


@pytest.fixture
def at() -> Iterator[Travel]:
    """So many minutes after noon; what is due by then is sent."""
    clock = time_machine.travel(NOON, tick=False)
    traveller = clock.start()

    def at(minutes: float) -> None:
        traveller.move_to(NOON + minutes * MINUTE)
        send()

    yield at
    clock.stop()


def send() -> None:
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass


def subjects() -> list[str]:
    return [str(message.subject) for message in mail.outbox]


def ten_posts(alice: User) -> list[Post]:
    return [actions.create_post(alice, "…", title=f"Post {n}") for n in range(10)]


def test_ten_posts_commented_within_five_minutes_are_two_mails(at: Travel, alice: User, bob: User) -> None:
    for n, post in enumerate(ten_posts(alice)):
        at(n * 0.4)
        actions.comment(bob, post, f"Word {n}")
    at(4.9)
    assert subjects() == []
    at(5)
    assert subjects() == ["Bob commented on “Post 0”"]
    at(9.9)
    assert len(mail.outbox) == 1
    at(10)
    assert subjects()[1:] == ["Bob commented on “Post 9”, and 8 more"]
    at(60)
    assert len(mail.outbox) == 2
    ends = set(Delivery.objects.exclude(event_id=None).values_list("state", "reason"))
    assert ends == {("sent", ""), ("skipped", "together")}
    assert [str(check.promise) for check, count in audit() if count] == []


def test_what_is_read_meanwhile_is_not_mailed(at: Travel, alice: User, bob: User, post: Post) -> None:
    actions.comment(bob, post, "Any left?")
    [waiting] = Delivery.objects.all()
    assert (waiting.state, waiting.reason) == ("pending", "unread")
    at(4)
    inbox.mark_all_read(alice)
    at(5)
    assert mail.outbox == []
    assert Delivery.objects.get().reason == "read"


def test_what_needs_the_person_waits_for_neither(at: Travel, alice: User, bob: User, post: Post) -> None:
    actions.comment(bob, post, "One")
    at(5)
    actions.comment(bob, post, "@alice, the water runs!")
    at(5.01)
    assert subjects()[1:] == ["Bob mentioned you in “Seedlings to give away”"]


def test_one_that_is_left_alone_comes_as_it_would_have(at: Travel, alice: User, bob: User) -> None:
    first, second, third = ten_posts(alice)[:3]
    for minutes, post in ((0, first), (1, second), (2, third)):
        at(minutes)
        actions.comment(bob, post, "A word")
    at(5)
    at(8)
    inbox.mark_thing_read(alice, "post", third.pk)
    at(10)
    assert subjects() == ["Bob commented on “Post 0”", "Bob commented on “Post 1”"]
    [plain] = [message for message in mail.outbox if "Post 1" in message.subject]
    assert plain.extra_headers["References"].startswith(f"<post.{second.pk}@")


def test_a_quiet_person_is_not_slowed_down(at: Travel, alice: User, bob: User) -> None:
    one, two = ten_posts(alice)[:2]
    actions.comment(bob, one, "A word")
    at(5)
    at(6)
    actions.comment(bob, two, "A word")
    at(11)
    assert len(mail.outbox) == 2


def test_one_person_s_storm_holds_nobody_else_up(at: Travel, alice: User, bob: User, chloe: User) -> None:
    for post in ten_posts(alice)[:3]:
        actions.comment(chloe, post, "A word")
    actions.comment(chloe, actions.create_post(bob, "…", title="His"), "A word")
    at(5)
    assert {message.to[0] for message in mail.outbox} == {"alice@example.com", "bob@example.com"}


def test_a_storm_that_runs_into_the_night_ends_in_its_summary(at: Travel, alice: User, bob: User) -> None:
    posts = ten_posts(alice)
    for post in posts[:3]:
        actions.comment(bob, post, "A word")
    at(5)
    assert set(Delivery.objects.filter(state="held").values_list("reason", flat=True)) == {"together"}
    night = {"starts": NOON.time().replace(minute=8), "ends": NOON.time().replace(hour=13)}
    QuietHours.objects.create(user=alice, is_on=True, **night)
    at(10)
    actions.comment(bob, posts[3], "A word")
    at(20)
    assert len(mail.outbox) == 1
    assert set(Delivery.objects.filter(state="held").values_list("reason", flat=True)) == {"quiet"}
    at(60)
    assert len(mail.outbox) == 2
    assert subjects()[1].endswith("and 2 more")


def test_of_two_lanes_with_mails_to_one_person_one_goes_on(at: Travel, alice: User, bob: User) -> None:
    for post in ten_posts(alice)[:6]:
        actions.comment(bob, post, "A word")
    Delivery.objects.update(due_at=NOON - MINUTE)
    together = threading.Barrier(3)

    def lane() -> None:
        try:
            together.wait(30)
            send()
        finally:
            connection.close()

    threads = [threading.Thread(target=lane) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Delivery.objects.filter(state="sent").count() == 1
    assert Delivery.objects.filter(state="held", reason="together").count() == 5


def test_two_that_looked_before_either_left_are_told_apart_in_the_end(
    at: Travel, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look before the mail is written sees nothing: the one in the transaction decides."""
    looks = iter([None, None])
    looked = joining.soon_after_another
    for post in ten_posts(alice)[:2]:
        actions.comment(bob, post, "A word")
    monkeypatch.setattr(joining, "soon_after_another", lambda *args: next(looks, looked(*args)))
    one, two = Delivery.objects.order_by("pk")
    at(5)
    assert Delivery.objects.filter(state="sent").count() == 1
    assert Delivery.objects.filter(state="held").count() == 1
    assert {one.pk, two.pk} == set(Delivery.objects.exclude(event_id=None).values_list("pk", flat=True))


def test_every_wait_is_explained(at: Travel, alice: User, bob: User, browse: Browse, client: Client) -> None:
    one, two = ten_posts(alice)[:2]
    actions.comment(bob, one, "A word")
    at(1)
    actions.comment(bob, two, "A word")

    def told(post: Post) -> tuple[str, str]:
        event = Event.objects.get(target_id=post.pk, recipient=alice)
        row = Notification.objects.get(event_id=event.pk)
        page = browse(alice).get(f"/notifications/{row.pk}/why/").content.decode()
        return " ".join(sentence.text for sentence in sentences(event, reach(event, alice))), page

    told_staff, told_alice = told(one)
    assert "it leaves if it is not read in the app before" in told_staff
    assert "if you have not read it by then" in told_alice
    at(5)
    at(6)
    told_staff, told_alice = told(two)
    assert "left to one message with others that came soon after another" in told_staff
    assert "as one mail" in told_alice
    assert "after 300 seconds, if it is not read by then" in told_staff
