"""A new channel is a file and a line in the list: the engine then treats it as it treats mail."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.engagement import POSTED_IN_GROUP
from community.models import Group, Post
from notifications import channels
from notifications.channels.base import Answer, Result
from notifications.inbox import actions as inbox
from notifications.models import Delivery, Event, NotificationPreference, QuietHours, Rule
from notifications.outbox import dispatcher, pipeline
from notifications.outgoing import recording
from notifications.tests.pigeons import LOFT, PigeonChannel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def pigeons(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[type[PigeonChannel]]:
    """Alice has a loft, bob and chloe have none."""
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain
    monkeypatch.setattr(channels, "CHANNELS", [*channels.CHANNELS, LOFT])
    monkeypatch.setattr(PigeonChannel, "lofts", {"alice"})
    monkeypatch.setattr(PigeonChannel, "answer", Answer(Result.SENT))
    yield PigeonChannel
    PigeonChannel.carried.clear()


def ends() -> set[tuple[str, str, str]]:
    return set(Delivery.objects.values_list("channel", "state", "reason"))


def test_it_carries_what_its_person_wants_beside_the_mail(post: Post, bob: User, alice: User) -> None:
    comment = actions.comment(bob, post, "Any left?")
    actions.comment(alice, post, "Yes", parent=comment)
    pipeline.drain()

    assert PigeonChannel.carried == ["COMMENT for alice"]  # bob, who is told as well, has no loft
    assert sorted(message.to[0] for message in mail.outbox) == ["alice@example.com", "bob@example.com"]


@pytest.mark.parametrize("narrow", [True, False])
def test_it_is_steered_by_its_switch_and_mail_by_its_own(
    post: Post, bob: User, alice: User, narrow: bool
) -> None:
    if narrow:
        Rule.objects.create(user=alice, scope="kind", type="COMMENT", push=False)
    else:
        NotificationPreference.objects.create(user=alice, notification_type="community", push_enabled=False)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()

    assert (PigeonChannel.carried, len(mail.outbox)) == ([], 1)


def test_a_switch_turned_off_meanwhile_stops_it_at_the_last_look(post: Post, bob: User, alice: User) -> None:
    actions.comment(bob, post, "Any left?")
    while pipeline.expand_next():
        pass
    Rule.objects.create(user=alice, scope="kind", type="COMMENT", push=False)
    pipeline.drain()

    assert ends() == {("email", "sent", ""), ("pigeon", "skipped", "opted_out")}


def test_whoever_is_out_of_its_reach_by_now_is_not_sent_to(
    post: Post, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.comment(bob, post, "Any left?")
    while pipeline.expand_next():
        pass
    monkeypatch.setattr(PigeonChannel, "lofts", set())
    pipeline.drain()

    assert ends() == {("email", "sent", ""), ("pigeon", "skipped", "no_address")}


def test_reading_stops_every_channel(post: Post, bob: User, alice: User) -> None:
    actions.comment(bob, post, "Any left?")
    while pipeline.expand_next():
        pass
    inbox.mark_all_read(alice)
    pipeline.drain()

    assert ends() == {("email", "skipped", "read"), ("pigeon", "skipped", "read")}


def test_a_storm_of_likes_rings_once_by_each_channel(post: Post, bob: User, chloe: User) -> None:
    for fan in (bob, chloe):
        actions.react(fan, post)
        pipeline.drain()

    assert (PigeonChannel.carried, len(mail.outbox)) == (["LIKE for alice"], 1)


def test_an_audience_hears_of_it_too(
    group: Group, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(POSTED_IN_GROUP), "pushed_by_default", True)
    monkeypatch.setattr(PigeonChannel, "lofts", {"bob", "chloe"})
    actions.create_post(alice, "Hello all", group=group)
    pipeline.drain()
    assert PigeonChannel.carried.count("GROUP_POST for bob") == 1

    Rule.objects.create(user=bob, scope="place", place_id=group.pk, push=False)
    actions.create_post(alice, "And again", group=group)
    pipeline.drain()
    assert PigeonChannel.carried.count("GROUP_POST for bob") == 1
    assert not [carried for carried in PigeonChannel.carried if "chloe" in carried]


def test_whoever_asks_for_it_gets_of_an_audience_what_others_do_not(
    group: Group, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PigeonChannel, "lofts", {"alice", "bob"})
    Rule.objects.create(user=bob, scope="kind", type="GROUP_POST", push=True)
    actions.create_post(alice, "Hello all", group=group)
    pipeline.drain()

    assert "GROUP_POST for bob" in PigeonChannel.carried
    assert Event.objects.get(kind="GROUP_POST").mail == "not_asked"


def test_it_waits_alone_for_quiet_hours_to_end(post: Post, bob: User, alice: User) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    QuietHours.objects.create(user=alice, is_on=True, starts=(now - hour).time(), ends=(now + hour).time())
    actions.comment(bob, post, "Any left?")
    pipeline.drain()

    waiting = Delivery.objects.get(channel="pigeon")
    assert (waiting.state, PigeonChannel.carried) == ("pending", [])
    assert waiting.due_at > now + hour / 2


def test_one_that_sums_up_tells_of_the_night_at_its_end(
    post: Post, bob: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "CHANNELS", [LOFT.replace("Pigeon", "SummingPigeon")])
    now, hour = timezone.now(), timedelta(hours=1)
    QuietHours.objects.create(user=alice, is_on=True, starts=(now - hour).time(), ends=(now + hour).time())
    actions.comment(bob, post, "Any left?")
    actions.react(bob, post)
    pipeline.drain()
    QuietHours.objects.update(is_on=False)
    Delivery.objects.filter(state="pending").update(due_at=now)
    pipeline.drain()

    assert PigeonChannel.carried == ["2 for alice"]


def test_it_asks_to_be_left_alone_and_is(post: Post, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PigeonChannel, "answer", Answer(Result.LATER, "too many", wait_seconds=7200))
    actions.comment(bob, post, "Any left?")
    pipeline.drain()

    waiting = Delivery.objects.get(channel="pigeon")
    assert (waiting.state, waiting.attempts, waiting.last_error) == ("pending", 1, "too many")
    assert waiting.due_at > timezone.now() + timedelta(minutes=110)


def test_it_says_how_many_copies_there_may_be(post: Post, bob: User) -> None:
    actions.comment(bob, post, "Any left?")
    while pipeline.expand_next():
        pass
    Delivery.objects.update(state="sending", handovers=1, lease_until=timezone.now() - timedelta(seconds=1))
    recording.take_back_expired()

    assert ends() == {("email", "pending", ""), ("pigeon", "uncertain", "unanswered")}


def test_where_nobody_uses_it_a_batch_costs_one_short_query(
    post: Post, bob: User, chloe: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def queries(words: str) -> int:
        actions.comment(bob, post, words)
        with CaptureQueriesContext(connection) as captured:
            while pipeline.expand_next():
                pass
        return len(captured)

    monkeypatch.setattr(PigeonChannel, "lofts", {"nobody"})
    queries("Warm up")
    unused = queries("One")
    monkeypatch.setattr(PigeonChannel, "is_on", classmethod(lambda cls: False))
    assert unused == queries("Two") + 1


@pytest.mark.django_db(transaction=True)
def test_its_lanes_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(dispatcher.Dispatcher, "_spawn", lambda self, name, loop: started.append(name))
    process = dispatcher.Dispatcher()
    process.start()
    process.stop()

    assert started == ["dispatcher", "housekeeping", "email", "bulk", "push", "pigeon", "webhooks"]


def test_every_name_fits_its_column() -> None:
    longest = Delivery._meta.get_field("channel").max_length
    assert longest is not None
    assert all(len(channel.name) <= longest for channel in channels.known())
    assert len({channel.name for channel in channels.known()}) == len(channels.known())
