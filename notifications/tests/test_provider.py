"""A provider that sends our mail says what became of it, once it has signed in; else nothing is there."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from anymail.exceptions import AnymailRecipientsRefused
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications.bouncing import suppressing
from notifications.channels.base import Result
from notifications.channels.email import EmailChannel
from notifications.channels.provider import answer_of
from notifications.checks import check_settings
from notifications.composing.headers import mail_named
from notifications.models import Bounce, Delivery, Suppression
from testing.http_server import FarEnd, hangs, hangs_up

pytestmark = pytest.mark.django_db
SECRET = "belltower:a-long-secret"
POSTMARK = "/notifications/provider/postmark/"
MAILGUN = "/notifications/provider/mailgun/"
KEY = "a-signing-key"

# As Postmark documents them.
HARD_BOUNCE = {
    "RecordType": "Bounce", "MessageStream": "outbound", "ID": 4323372036854775807, "Type": "HardBounce",
    "TypeCode": 1, "Name": "Hard bounce", "Tag": "Test",
    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Metadata": {"a_key": "a_value"}, "ServerID": 23,
    "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
    "Details": "action: failed\r\n", "Email": "alice@example.com", "From": "bell@lindenhof.example",
    "BouncedAt": "2026-11-25T08:00:00Z", "DumpAvailable": True, "Inactive": True, "CanActivate": True,
    "Subject": "Ben liked your post", "Content": "<Full dump of bounce>",
}  # fmt: skip
SPAM_COMPLAINT = HARD_BOUNCE | {
    "RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 512, "Name": "Spam complaint",
    "MessageID": "00000000-0000-0000-0000-000000000000", "Description": "", "Details": "Test spam complaint",
}  # fmt: skip
DELIVERED = {
    "RecordType": "Delivery", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
    "Recipient": "alice@example.com", "DeliveredAt": "2026-11-25T08:00:00Z", "Details": "Test",
}  # fmt: skip


def mailgun(**said: Any) -> dict[str, Any]:
    """As Mailgun documents them, signed."""
    timestamp, token = "1795593600", "ae89454feafe0c3c19e9b0a1c80a1a7c4ad2a4d3b1b0a9bd3e"
    signature = hmac.new(KEY.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    event = {
        "event": "failed", "id": "G9Bn5sl1TC6nu79C8C0bwg", "timestamp": 1795593600.375624,
        "log-level": "error", "severity": "permanent", "reason": "generic", "recipient": "alice@example.com",
        "recipient-domain": "example.com",
        "delivery-status": {
            "attempt-no": 1, "code": 550, "message": "5.1.1 The email account that you tried to reach …",
            "description": "", "session-seconds": 0.4,
        },
        "flags": {"is-authenticated": True, "is-routed": False, "is-test-mode": False},
        "envelope": {"transport": "smtp", "sender": "bell@lindenhof.example", "sending-ip": "192.0.2.4"},
        "message": {
            "headers": {"to": "Alice <alice@example.com>", "message-id": "x@lindenhof.example"},
            "attachments": [], "size": 111,
        },
        "storage": {"key": "eyJ…", "url": "https://storage.example/"}, "campaigns": [], "tags": [],
        "user-variables": {},
    }  # fmt: skip
    return {
        "signature": {"timestamp": timestamp, "token": token, "signature": signature},
        "event-data": event | said,
    }


@pytest.fixture(autouse=True)
def by_postmark(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


def say(path: str, body: Any, *, secret: str = SECRET) -> int:
    headers = {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"} if secret else {}
    data = body if isinstance(body, bytes) else json.dumps(body)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.post(path, data, content_type="application/json", headers=headers).status_code


def stops(address: str = "alice@example.com") -> str:
    trouble = suppressing.trouble_of(address)
    return trouble.row.stops if trouble else ""


def test_postmark_tells_of_a_bounce_and_of_a_complaint(alice: User) -> None:
    assert say(POSTMARK, SPAM_COMPLAINT) == 200
    assert stops() == "complained"
    assert say(POSTMARK, HARD_BOUNCE) == 200
    assert stops() == "bounced"
    assert Suppression.objects.get().cause == "no_mailbox"


def test_mailgun_does_too(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "mailgun"
    assert say(MAILGUN, mailgun(severity="temporary")) == 200
    assert say(MAILGUN, mailgun(event="opened", recipient="bob@example.com")) == 200
    assert list(Bounce.objects.values_list("cause", "has_counted")) == [("delayed", False)]
    assert say(MAILGUN, mailgun()) == 200
    assert stops() == "bounced"
    assert say(MAILGUN, mailgun(event="complained", recipient="bob@example.com")) == 200
    assert stops("bob@example.com") == "complained"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"reason": "suppress-bounce", "delivery-status": {"description": "Not delivering"}}, "no_mailbox"),
        ({"reason": "suppress-complaint", "delivery-status": {"description": ""}}, "complaint"),
        ({"event": "rejected", "reject": {"reason": "Sandbox"}}, "policy"),
        ({"delivery-status": {"code": 552, "message": "5.2.2 Over quota"}}, "full"),
        ({"delivery-status": {"code": 550, "message": "5.7.1 Spam"}}, "policy"),
        ({"delivery-status": None}, "refused"),
    ],
)
def test_it_is_judged_like_any_other_report(settings: Settings, said: dict[str, Any], cause: str) -> None:
    settings.MAIL_PROVIDER = "mailgun"
    assert say(MAILGUN, mailgun(**said)) == 200
    assert Bounce.objects.get().cause == cause


def test_the_same_counts_once(settings: Settings) -> None:
    soft = HARD_BOUNCE | {"Type": "SoftBounce", "Description": "mailbox full"}
    again = {
        "RecordType": "SubscriptionChange", "MessageID": soft["MessageID"], "Recipient": soft["Email"],
        "ChangedAt": "2026-11-25T08:00:01Z", "SuppressSending": True, "SuppressionReason": "HardBounce",
        "Origin": "Recipient",
    }  # fmt: skip
    for body in (soft, soft, soft | {"Email": "Alice@Example.com"}, again, soft, DELIVERED):
        assert say(POSTMARK, body) == 200
    row = Suppression.objects.get()
    assert (row.count, row.cause, Bounce.objects.count()) == (1, "full", 1)


@pytest.mark.parametrize("secret", ["", "belltower:another", "belltower:", "x", ":"])
def test_whoever_does_not_sign_in_is_turned_away(secret: str) -> None:
    assert say(POSTMARK, HARD_BOUNCE, secret=secret) == 403
    assert not Bounce.objects.exists()


def test_a_signature_that_is_not_mailguns_is_turned_away(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "mailgun"
    forged = mailgun()
    forged["signature"]["token"] = "another"
    assert say(MAILGUN, forged) == 403
    assert say(MAILGUN, mailgun(), secret="") == 403
    assert not Bounce.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"1", b"null", b'{"RecordType": ["x"]}', b"\xff", b"[" * 100_000, {"FromFull": {}},
     {"RecordType": "Bounce", "Type": "HardBounce", "Email": None}],
)  # fmt: skip
def test_what_is_no_event_is_no_error_of_ours(body: Any) -> None:
    assert say(POSTMARK, body) in (200, 400)
    assert not Bounce.objects.exists()


def test_nothing_is_there_unless_it_is_set_up(settings: Settings, client: Client) -> None:
    for provider, secret in (("", SECRET), ("postmark", ""), ("mailgun", SECRET), ("nobody", SECRET)):
        settings.MAIL_PROVIDER = provider
        settings.ANYMAIL = {"WEBHOOK_SECRET": secret}
        assert say(POSTMARK, HARD_BOUNCE) == 404
        assert client.get(POSTMARK).status_code == client.head(POSTMARK).status_code == 404
        assert any(error.id == "notifications.E010" for error in check_settings()) == bool(provider)
    assert not Bounce.objects.exists()


def test_once_it_is_there_it_is_looked_for_and_not_read(client: Client) -> None:
    assert (client.head(POSTMARK).status_code, client.get(POSTMARK).status_code) == (200, 405)
    assert check_settings() == []


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_known_by_its_message_id(settings: Settings, post: Post, bob: User, alice: User) -> None:
    actions.react(bob, post)
    delivery, settings.MAIL_PROVIDER = Delivery.objects.get(), "mailgun"
    name = mail.outbox[-1].message()["Message-ID"].strip("<>")
    assert mail_named(f"<{name}>").get() == delivery
    assert not mail_named(name.replace("localhost", "elsewhere.example")).exists()
    message = {"headers": {"message-id": name}}
    say(MAILGUN, mailgun(message=message))
    say(MAILGUN, mailgun(message=message, recipient="chloe@example.com"))
    ids = dict(Bounce.objects.values_list("address", "delivery_id"))
    assert ids == {alice.email: delivery.pk, "chloe@example.com": None}


@pytest.mark.django_db(transaction=True)
def test_by_the_providers_api_a_mail_carries_its_number_and_no_sender_of_ours(
    settings: Settings, post: Post, bob: User
) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    settings.BOUNCE_ADDRESS = "bounce@lists.example"
    actions.react(bob, post)
    delivery = Delivery.objects.get()
    assert delivery.state == "sent"
    sent: Any = mail.outbox[0]
    assert sent.anymail_test_params["metadata"] == {"delivery": str(delivery.pk)}
    assert sent.anymail_test_params["from"].addr_spec == "belltower@localhost"
    say(POSTMARK, HARD_BOUNCE | {"Metadata": {"delivery": str(delivery.pk)}})
    assert Bounce.objects.get().delivery_id == delivery.pk


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (401, Result.OURS),
        (429, Result.LATER),
        (500, Result.LATER),
        (200, Result.UNANSWERED),  # with no word that it knows
        (hangs, Result.UNANSWERED),
        (hangs_up, Result.UNANSWERED),
        (None, Result.UNREACHABLE),
    ],
)
def test_what_its_api_answers_says_what_became_of_the_mail(
    settings: Settings, far_end: FarEnd, answer: Any, result: Result
) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "x", "REQUESTS_TIMEOUT": 0.3,
        "POSTMARK_API_URL": far_end.url if answer else "http://127.0.0.1:9/",
    }  # fmt: skip
    far_end.will(answer)
    message = EmailMultiAlternatives("Hello", "Hello", "bell@lindenhof.example", ["alice@example.com"])
    assert EmailChannel().hand_over(message).result == result


def test_whom_it_refuses_may_have_no_mailbox() -> None:
    message = EmailMultiAlternatives("Hello", "Hello", "bell@lindenhof.example", ["alice@example.com"])
    answer = answer_of(AnymailRecipientsRefused("inactive"), message)
    assert (answer.result, answer.address) == (Result.REFUSED, "alice@example.com")


def test_what_happened_before_its_owner_mended_it_says_nothing() -> None:
    say(POSTMARK, HARD_BOUNCE | {"BouncedAt": timezone.now().isoformat()})
    suppressing.resume("alice@example.com")
    an_hour_ago = (timezone.now() - timedelta(hours=1)).isoformat()
    say(POSTMARK, HARD_BOUNCE | {"MessageID": "another", "BouncedAt": an_hour_ago})
    assert stops() == ""
