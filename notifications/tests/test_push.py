"""Devices ring: what they are told, and what becomes of it whatever their push service answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.channels import push as push_channel
from notifications.inbox import actions as inbox
from notifications.models import Delivery, Notification, PushReceipt, PushSubscription, QuietHours, Rule
from notifications.outbox import pipeline
from notifications.outgoing import closing
from notifications.tests.phones import Phone
from testing.http_server import FarEnd, hangs, hangs_up, pours

pytestmark = pytest.mark.django_db
both = pytest.mark.both_databases


@pytest.fixture
def phone(far_end: FarEnd, settings: Settings, alice: User) -> Phone:
    """Alice's; nothing leaves before the test drains."""
    settings.PUSH_SERVICES = ["127.0.0.1"]
    settings.NOTIFICATION_EXECUTOR = "threads"
    phone = Phone(far_end)
    phone.of(alice)
    return phone


def state() -> tuple[str, str, int]:
    delivery = Delivery.objects.get(channel="push")
    return delivery.state, delivery.reason, delivery.attempts


def due_now() -> None:
    """The time of waiting is over."""
    Delivery.objects.filter(state="pending").update(due_at=timezone.now())
    PushSubscription.objects.update(wait_until=None)
    pipeline.drain()


@both
def test_it_says_what_happened_and_where_it_leads(post: Post, bob: User, alice: User, phone: Phone) -> None:
    comment = actions.comment(bob, post, "Are any left?")
    pipeline.drain()

    assert phone.told == [
        {
            "id": Delivery.objects.get(channel="push").notification_id,
            "title": "Bob commented on “Seedlings to give away”",
            "body": "Are any left?",
            "url": comment.get_absolute_url(),
            "tag": f"COMMENT:post.{post.pk}",
            "site": "Belltower",
        }
    ]
    assert state() == ("sent", "", 0)
    device = PushSubscription.objects.get()
    assert (device.failures, device.last_used_at is not None) == (0, True)


def test_it_speaks_the_language_of_whoever_reads_it(post: Post, bob: User, alice: User, phone: Phone) -> None:
    User.objects.filter(pk=alice.pk).update(language="de")
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert phone.told[0]["title"] == "Bob hat „Seedlings to give away“ kommentiert"


def test_news_of_one_thing_takes_the_place_of_what_was_said_before(
    post: Post, bob: User, chloe: User, phone: Phone
) -> None:
    for somebody in (bob, chloe):
        actions.comment(somebody, post, f"{somebody} asks")
        pipeline.drain()

    first, second = phone.told
    assert first["tag"] == second["tag"]
    assert "Bob" in second["title"]
    assert "Chloe" in second["title"]
    topics = {request.headers["topic"] for request in phone.far_end.requests}
    assert len(topics) == 1


def test_a_private_group_keeps_its_words(private_post: Post, bob: User, alice: User, phone: Phone) -> None:
    actions.comment(bob, private_post, "The secret of the boiler")
    pipeline.drain()

    told = phone.told[-1]
    for word in ("boiler", "heating", "Tenants", "Bob"):
        assert word not in str(told)

    Group.objects.update(words_in_mail=True)
    actions.comment(bob, private_post, "The secret of the cellar")
    pipeline.drain()
    assert "cellar" in phone.told[-1]["body"]


def test_what_is_long_is_cut(bob: User, alice: User, phone: Phone) -> None:
    post = actions.create_post(alice, "x", title="ß" * 100)
    actions.comment(bob, post, "ü" * 5000)
    pipeline.drain()
    assert len(phone.told[0]["body"]) <= 240


def test_every_device_rings_and_only_those_of_the_person(
    post: Post, alice: User, bob: User, chloe: User, phone: Phone
) -> None:
    laptop, of_chloe = Phone(phone.far_end, "/laptop"), Phone(phone.far_end, "/of-chloe")
    laptop.of(alice)
    of_chloe.of(chloe)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert [len(each.told) for each in (phone, laptop, of_chloe)] == [1, 1, 0]


def test_without_a_device_there_is_no_delivery(post: Post, bob: User, phone: Phone) -> None:
    PushSubscription.objects.all().delete()
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert not Delivery.objects.filter(channel="push").exists()
    assert len(mail.outbox) == 1


def test_who_switched_it_off_is_left_alone(post: Post, bob: User, alice: User, phone: Phone) -> None:
    Rule.objects.create(user=alice, scope="kind", type="COMMENT", push=False)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert phone.told == []


@both
def test_a_night_is_one_notice(post: Post, bob: User, alice: User, phone: Phone) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    QuietHours.objects.create(user=alice, is_on=True, starts=(now - hour).time(), ends=(now + hour).time())
    actions.comment(bob, post, "Any left?")
    actions.react(bob, post)
    pipeline.drain()
    assert phone.told == []

    QuietHours.objects.update(is_on=False)
    due_now()
    [told] = phone.told
    assert (told["body"], told["url"]) == ("and 1 more", "/notifications/")


@pytest.mark.parametrize(
    ("answer", "ends", "devices"),
    [
        (201, ("sent", "", 0), 1),
        (200, ("sent", "", 0), 1),
        (pours, ("sent", "", 0), 1),
        (301, ("failed", "refused", 0), 1),
        ((307, {"Location": "/phone"}), ("failed", "refused", 0), 1),
        (400, ("failed", "refused", 0), 1),
        (404, ("failed", "refused", 0), 0),
        (410, ("failed", "refused", 0), 0),
        (413, ("failed", "refused", 0), 1),
        (403, ("pending", "", 1), 1),
        (429, ("pending", "", 1), 1),
        (500, ("pending", "", 1), 1),
        (503, ("pending", "", 1), 1),
        (hangs, ("pending", "", 1), 1),
        (hangs_up, ("pending", "", 1), 1),
    ],
)
def test_each_answer_has_its_end(
    post: Post,
    bob: User,
    phone: Phone,
    answer: Any,
    ends: tuple[str, str, int],
    devices: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(push_channel, "REQUEST_SECONDS", 0.3)
    phone.far_end.will(answer)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()

    assert state() == ends
    assert len(phone.far_end.requests) == 1
    assert PushSubscription.objects.count() == devices
    assert len(mail.outbox) == 1


def test_what_failed_is_told_by_the_schedule(post: Post, bob: User, phone: Phone) -> None:
    phone.far_end.will(500, 201)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    waiting = Delivery.objects.get(channel="push")
    assert timedelta(seconds=40) < waiting.due_at - timezone.now() < timedelta(seconds=80)

    due_now()
    assert state() == ("sent", "", 1)
    assert PushSubscription.objects.get().failures == 0


def test_a_service_that_asks_to_wait_is_left_alone_by_all(post: Post, bob: User, phone: Phone) -> None:
    phone.far_end.will((429, {"Retry-After": "7200"}), 201)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    actions.react(bob, post)
    pipeline.drain()

    assert len(phone.far_end.requests) == 1
    late = timezone.now() + timedelta(minutes=110)
    assert [delivery.due_at > late for delivery in Delivery.objects.filter(channel="push")] == [True, True]


@both
def test_a_device_that_has_it_is_not_rung_again_for_one_that_has_not(
    post: Post, alice: User, bob: User, phone: Phone
) -> None:
    laptop = Phone(phone.far_end, "/laptop")
    laptop.of(alice)
    phone.far_end.will(201, 500, 201)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert state()[0] == "pending"
    assert PushReceipt.objects.count() == 1

    due_now()
    assert state() == ("sent", "", 1)
    assert [len(phone.told), len(laptop.told)] == [1, 2]


@both
def test_one_device_that_is_gone_stops_no_other(post: Post, alice: User, bob: User, phone: Phone) -> None:
    Phone(phone.far_end, "/laptop").of(alice)
    phone.far_end.will(410, 201)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert state() == ("sent", "", 0)
    assert [device.endpoint[-7:] for device in PushSubscription.objects.all()] == ["/laptop"]


def test_devices_that_hang_cost_one_delivery_its_time_and_the_next_none(
    post: Post, alice: User, bob: User, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_channel, "REQUEST_SECONDS", 0.1)
    monkeypatch.setattr(push_channel, "HAND_OVER_SECONDS", 0.15)
    for number in range(5):
        Phone(phone.far_end, f"/{number}").of(alice)
    phone.far_end.will(hangs)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert len(phone.far_end.requests) == 2
    assert PushSubscription.objects.filter(wait_until__gt=timezone.now()).count() == 2


def test_a_device_that_failed_for_weeks_is_given_up(post: Post, bob: User, phone: Phone) -> None:
    long_ago = timezone.now() - timedelta(days=15)
    PushSubscription.objects.update(failures=25, created_at=long_ago)
    phone.far_end.will(500)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert not PushSubscription.objects.exists()


@both
def test_what_is_read_elsewhere_is_taken_away(post: Post, alice: User, bob: User, phone: Phone) -> None:
    actions.comment(bob, post, "Any left?")
    actions.react(bob, post)
    pipeline.drain()
    assert closing.close_read() == 0
    comment = Notification.objects.get(kind="COMMENT")
    inbox.mark_read(comment)
    assert closing.close_read() == 1
    assert closing.close_read() == 0
    assert phone.told[-1] == {"close": [comment.pk], "site": "Belltower"}

    inbox.mark_all_read(alice)
    assert closing.close_read() == 1
    assert not PushSubscription.objects.filter(shows__isnull=False).exists()


@pytest.mark.parametrize("why", ["safari", "awake", "waits"])
def test_who_would_suffer_by_it_or_does_it_itself_is_not_told(
    post: Post, alice: User, bob: User, phone: Phone, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    inbox.mark_all_read(alice)
    if why == "safari":
        monkeypatch.setattr(closing, "NEVER_SILENT", "127.0.0.1")
    elif why == "waits":
        PushSubscription.objects.update(wait_until=timezone.now() + timedelta(hours=1))
    else:
        client = Client()
        client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
        client.post("/api/notifications/devices", phone.subscription, "application/json")
        client.get("/groups/")
    assert closing.close_read() == 0
    assert len(phone.told) == 1


def test_where_nothing_is_shown_or_read_it_costs_next_to_nothing(
    post: Post, alice: User, bob: User, phone: Phone, count_queries: Any
) -> None:
    assert count_queries(closing.close_read) == 1
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert count_queries(closing.close_read) == 3


def test_a_device_whose_keys_are_broken_stops_no_other(
    post: Post, alice: User, bob: User, phone: Phone
) -> None:
    PushSubscription.objects.create(
        user=alice, endpoint=f"{phone.far_end.url}/broken", p256dh="AAAA", auth="AAAA", label="Firefox"
    )
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    assert [state()[0], len(phone.told)] == ["pending", 1]
