"""Text messages: what needs somebody, to a proven number, once; whatever the gateway answers."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.checks import run_checks
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from conftest import Browse
from notifications.channels import texting
from notifications.channels.base import Result
from notifications.channels.texting import Text, send
from notifications.models import Attempt, Breaker, Delivery, NotificationPreference, QuietHours
from notifications.outbox import pipeline
from notifications.outgoing import recording
from testing.http_server import FarEnd, babbles, hangs, hangs_up, pours

pytestmark = pytest.mark.django_db
both = pytest.mark.both_databases


@pytest.fixture
def gateway(far_end: FarEnd, settings: Settings, alice: User) -> FarEnd:
    """Alice has proven her number and asked for texts; nothing leaves before the test drains."""
    settings.SMS_BACKEND, settings.SMS_GATEWAY_URL = "gateway", far_end.url
    settings.SMS_GATEWAY_HEADERS = {"Authorization": "Bearer of the site"}
    settings.NOTIFICATION_EXECUTOR = "threads"
    User.objects.filter(pk=alice.pk).update(
        phone="+491510000001", phone_verified_at=timezone.now(), urgent_by_sms=True
    )
    return far_end


def texts(gateway: FarEnd) -> list[dict[str, str]]:
    return [json.loads(request.body) for request in gateway.requests]


def a_code(until_minutes: int = 10) -> Text:
    return Text(
        "+491510000001", "Your code is 123456", timezone.now() + timedelta(minutes=until_minutes), "k1"
    )


@both
def test_what_needs_somebody_is_texted_and_the_rest_is_not(post: Post, bob: User, gateway: FarEnd) -> None:
    actions.comment(bob, post, "Any left?")
    comment = actions.comment(bob, post, "And you, @alice?")
    pipeline.drain()

    [text] = texts(gateway)
    assert text["to"] == "+491510000001"
    link = f"http://localhost:8000{comment.get_absolute_url()}"
    assert text["text"] == f"Belltower: Bob mentioned you in “Seedlings to give away”\n{link}"
    assert gateway.requests[0].headers["authorization"] == "Bearer of the site"
    assert Delivery.objects.get(channel="sms").state == "sent"


@pytest.mark.parametrize(
    "change", [{"phone_verified_at": None}, {"urgent_by_sms": False}, {"phone": None}, {"is_active": False}]
)
def test_only_a_proven_number_of_somebody_who_asked_is_used(
    post: Post, bob: User, alice: User, gateway: FarEnd, change: dict[str, Any]
) -> None:
    actions.comment(bob, post, "@alice?")
    while pipeline.expand_next():
        pass
    User.objects.filter(pk=alice.pk).update(**change)
    pipeline.drain()
    assert gateway.requests == []
    assert Delivery.objects.get(channel="sms").reason == "no_address"

    actions.comment(bob, post, "@alice??")
    pipeline.drain()
    assert Delivery.objects.filter(channel="sms").count() == 1


def test_it_is_steered_by_the_switch_of_the_devices(
    post: Post, bob: User, alice: User, gateway: FarEnd
) -> None:
    NotificationPreference.objects.create(user=alice, notification_type="community", push_enabled=False)
    actions.comment(bob, post, "@alice?")
    pipeline.drain()
    assert gateway.requests == []


def test_a_private_group_keeps_its_words(private_post: Post, bob: User, gateway: FarEnd) -> None:
    actions.comment(bob, private_post, "@alice, the boiler")
    pipeline.drain()
    [text] = texts(gateway)
    assert text["text"].startswith("Belltower: Somebody mentioned you in a private group\n")


def test_a_night_is_one_text(post: Post, bob: User, alice: User, gateway: FarEnd) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    QuietHours.objects.create(user=alice, is_on=True, starts=(now - hour).time(), ends=(now + hour).time())
    QuietHours.objects.update(urgent_gets_through=False)
    for number in range(2):
        actions.comment(bob, post, f"@alice, {number}?")
    pipeline.drain()
    assert gateway.requests == []

    QuietHours.objects.update(is_on=False)
    Delivery.objects.filter(state="pending").update(due_at=now)
    pipeline.drain()
    [text] = texts(gateway)
    assert "and 1 more" in text["text"]


@both
def test_nobody_is_texted_without_end(post: Post, bob: User, gateway: FarEnd, settings: Settings) -> None:
    settings.SMS_PER_PERSON_A_DAY = 2
    for number in range(4):
        actions.comment(bob, post, f"@alice, {number}?")
    pipeline.drain()
    assert len(gateway.requests) == 2
    actions.comment(bob, post, "@alice?")
    pipeline.drain()
    assert Delivery.objects.filter(channel="sms").count() == 4


ANSWERS = [
    (201, Result.SENT, "sent"),
    (pours, Result.SENT, "sent"),
    ((301, {"Location": "/elsewhere"}), Result.OURS, "pending"),
    (400, Result.REFUSED, "failed"),
    (401, Result.OURS, "pending"),
    (404, Result.REFUSED, "failed"),
    (413, Result.REFUSED, "failed"),
    (429, Result.LATER, "pending"),
    (500, Result.UNANSWERED, "uncertain"),
    (502, Result.UNANSWERED, "uncertain"),
    (503, Result.LATER, "pending"),
    (hangs, Result.UNANSWERED, "uncertain"),
    (hangs_up, Result.UNANSWERED, "uncertain"),
    (babbles, Result.UNANSWERED, "uncertain"),
]


@pytest.mark.parametrize(("answer", "result", "state"), ANSWERS)
def test_each_answer_has_its_end_and_none_brings_a_second_text(
    post: Post,
    bob: User,
    gateway: FarEnd,
    answer: Any,
    result: Result,
    state: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(texting, "SECONDS", 0.2)
    gateway.will(answer)
    actions.comment(bob, post, "@alice?")
    pipeline.drain()

    delivery = Delivery.objects.get(channel="sms")
    assert (delivery.state, Attempt.objects.get(delivery=delivery).outcome) == (state, result.value)
    assert len(gateway.requests) == 1
    if state != "pending":
        Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
        pipeline.drain()
        assert len(gateway.requests) == 1


def test_one_whose_sender_died_in_the_middle_is_not_sent_again(
    post: Post, bob: User, gateway: FarEnd
) -> None:
    actions.comment(bob, post, "@alice?")
    while pipeline.expand_next():
        pass
    died = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(channel="sms").update(state="sending", handovers=1, lease_until=died)
    recording.take_back_expired()
    assert Delivery.objects.get(channel="sms").state == "uncertain"


def test_a_gateway_that_is_away_is_asked_now_and_then(
    post: Post, bob: User, gateway: FarEnd, settings: Settings
) -> None:
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9"
    actions.comment(bob, post, "@alice?")
    pipeline.drain()
    assert Delivery.objects.get(channel="sms").state == "pending"
    assert Breaker.objects.filter(channel="sms").exists()


def test_a_gateway_inside_is_reached_where_the_settings_say_so(gateway: FarEnd, settings: Settings) -> None:
    settings.OUTBOUND_MAY_REACH = []
    assert send(a_code()).result is Result.OURS
    assert gateway.requests == []


def test_a_code_that_is_too_late_is_not_sent(gateway: FarEnd) -> None:
    assert send(a_code(until_minutes=0)).result is Result.REFUSED
    assert gateway.requests == []
    assert send(a_code()).result is Result.SENT
    assert gateway.requests[0].headers["idempotency-key"] == "k1"


@pytest.mark.parametrize("words", ['"}, {"to": "+1', "&To=+1", "{to}", "Zwölf Euro € 👋", "\\", "a\nb"])
def test_no_word_leaves_its_place_in_the_body(gateway: FarEnd, settings: Settings, words: str) -> None:
    text = a_code()._replace(words=words)
    settings.SMS_GATEWAY_BODY = '{"messages": [{"destination": "{to}", "body": "Hi: {text}"}], "test": false}'
    send(text)
    assert json.loads(gateway.requests[0].body) == {
        "messages": [{"destination": "+491510000001", "body": f"Hi: {words}"}],
        "test": False,
    }
    settings.SMS_GATEWAY_BODY = "To={to}&From=Lindenhof&Body={text}"
    send(text)
    fields = parse_qs(gateway.requests[1].body.decode())
    assert fields == {"To": ["+491510000001"], "From": ["Lindenhof"], "Body": [words]}
    assert gateway.requests[1].headers["content-type"] == "application/x-www-form-urlencoded"


def test_without_a_gateway_a_text_is_a_file(settings: Settings, tmp_path: Path) -> None:
    settings.SMS_BACKEND, settings.SMS_FILE_PATH = "files", tmp_path / "sms"
    assert send(a_code()).result is Result.SENT
    [file] = (tmp_path / "sms").iterdir()
    assert file.read_text() == "To: +491510000001\n\nYour code is 123456\n"


def test_or_a_line_on_the_console(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SMS_BACKEND = "console"
    assert send(a_code()).result is Result.SENT
    assert capsys.readouterr().out == "To +491510000001: Your code is 123456\n"


def test_whoever_has_proven_a_number_chooses_on_the_preferences_page(
    alice: User, browse: Browse, gateway: FarEnd
) -> None:
    client = browse(alice)
    assert "No more text messages" in client.get("/notifications/preferences/").content.decode()
    client.post("/notifications/preferences/texts/", {"wanted": "0"})
    page = client.get("/notifications/preferences/").content.decode()
    assert "Send me text messages" in page
    assert "community-push_enabled" not in page  # nothing can ring any more

    User.objects.filter(pk=alice.pk).update(phone_verified_at=None)
    assert "text message" not in client.get("/notifications/preferences/").content.decode()
    assert client.post("/notifications/preferences/texts/", {"wanted": "1"}).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"SMS_BACKEND": "pigeon"},
        {"SMS_GATEWAY_URL": ""},
        {"SMS_GATEWAY_BODY": '{"to": '},
        {"SMS_GATEWAY_BODY": '{"to": "{to}"}'},
        {"SMS_GATEWAY_HEADERS": {"X": 1}},
        {"OUTBOUND_MAY_REACH": ["localhost"]},
    ],
)
def test_settings_that_cannot_work_are_said_at_start(
    gateway: FarEnd, settings: Settings, change: dict[str, Any]
) -> None:
    assert [error for error in run_checks() if error.id and error.id.startswith("notifications.E")] == []
    for name, value in change.items():
        setattr(settings, name, value)
    assert [error for error in run_checks() if error.id and error.id.startswith("notifications.E")] != []
