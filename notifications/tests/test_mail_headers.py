"""What a mail says of itself, whatever people are called and write."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core import mail
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications import kinds
from notifications.composing.headers import one_line
from notifications.composing.mail import write
from notifications.kinds import Content, Words
from notifications.models import Delivery, Notification
from notifications.rendering import Shown

BREAKS = ["\n", "\r", "\r\n", "\n\r", "\r\n ", "\n\t", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85"]
BREAKS += ["\u2028", "\u2029", "\x00", "\u202e", "\u2066", "\ufeff", "\x7f", "\x1b[2J"]
HEADERS = ["Bcc: eve@evil.example", "X-Evil: 1", "Content-Type: text/html", "\r\n<h1>body</h1>", ": 5"]
PAYLOADS = [f"Hi{line}{header}" for line in BREAKS for header in HEADERS]
PAYLOADS += [
    '"',
    '" <eve@evil.example>, "',
    "a, b <c@d.example>; e",
    "=?utf-8?q?=0D=0ABcc:_eve@evil.example?=",
]
PAYLOADS += ["<x>", "\\", "%s %(actors)s {{ x }}", "é" * 300, "x" * 3000, "李" * 80, "👩‍👧", " "]
ALWAYS = {
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language",
    "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "In-Reply-To", "References",
}  # fmt: skip


def letter(payload: str) -> EmailMessage:
    """Everything that people can choose is the payload; as a server gets it."""
    row = Notification(pk=1, kind="COMMENT", recipient_id=2, actors_count=1, target_id=1)
    content = Content(
        thing=payload, url="/posts/1/", said=payload, words=Words(payload, "<p>x</p>"), thread="post.1",
        list_id="gardeners", list_name=payload,
    )  # fmt: skip
    shown = Shown(row, kinds.get("COMMENT"), [User(pk=3, username="eve", name=payload)], content)
    delivery = Delivery(pk=4, event_id=5, recipient_id=2, channel="email")
    message = write(delivery, shown, User(pk=2, username="alice", name="Alice", email="alice@example.com"))
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 25))
def test_no_words_of_a_person_add_a_header_or_lose_a_mail(start: int) -> None:
    for payload in PAYLOADS[start : start + 25]:
        parsed = letter(payload)
        assert set(parsed.keys()) == ALWAYS
        assert len(parsed.keys()) == len(ALWAYS)
        assert parsed["To"] == "alice@example.com"
        assert [address.addr_spec for address in parsed["From"].addresses] == ["belltower@localhost"]
        assert str(parsed["List-Id"]).endswith("<gardeners.localhost>")
        assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]


def test_a_name_stays_readable_where_nothing_is_wrong_with_it() -> None:
    parsed = letter("Özlem “Öz” Ünal, 👩‍👧")
    assert str(parsed["Subject"]) == "Özlem “Öz” Ünal, 👩‍👧 commented on “Özlem “Öz” Ünal, 👩‍👧”"
    assert parsed["From"].addresses[0].display_name == "Özlem “Öz” Ünal, 👩‍👧 via Belltower"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_one_line_is_one_line(payload: str) -> None:
    assert len(one_line(payload).splitlines()) <= 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_says_what_it_is_and_how_to_stop_it(post: Post, bob: User, settings: Settings) -> None:
    settings.SITE_URL = "https://belltower.example"
    actions.comment(bob, post, "Are there any left?")
    [message] = mail.outbox
    headers = message.message()
    assert headers["Message-ID"].endswith("@belltower.example>")
    assert headers["In-Reply-To"] == headers["References"] == f"<post.{post.pk}@belltower.example>"
    assert headers["List-Id"] == "<notifications.belltower.example>"
    assert headers["List-Unsubscribe"].startswith("<https://belltower.example/notifications/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (headers["Auto-Submitted"], headers["Precedence"]) == ("auto-generated", "list")
    assert headers["Content-Language"] == "en"


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_a_group_is_filed_by_it(alice: User, bob: User) -> None:
    group = actions.create_group(alice, "Gärten & Höfe")
    actions.join_group(bob, group)
    mail.outbox.clear()
    actions.comment(bob, actions.create_post(alice, "Come all", group=group), "Gladly")
    parsed = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    assert str(parsed["List-Id"]) == "Gärten & Höfe <garten-hofe.localhost>"
