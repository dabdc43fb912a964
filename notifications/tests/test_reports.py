"""What mail servers and providers report of a mail reaches the address it went to, and nobody else's does."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from conftest import Browse
from notifications import kinds
from notifications.bouncing import suppressing
from notifications.incoming.letter import Letter
from notifications.incoming.receiving import receive
from notifications.incoming.reports import report_in
from notifications.incoming.verdict import NOBODY, TAKEN
from notifications.mailings import Copy
from notifications.models import Bounce, Delivery, Event, IncomingMail, Notification, Suppression
from notifications.tests import reports
from notifications.tests.letters import Letters
from notifications.tests.letters import post as write_to
from notifications.tests.reports import complaint, out_of_office, postfix
from notifications.tests.smtp_server import SmtpServer
from notifications.upkeep.explain import reach
from notifications.upkeep.telling import sentences

pytestmark = pytest.mark.django_db(transaction=True)
Verp = str
TO = "bounce+2s-f00dfeedf00dfeed@lists.example"
USER_UNKNOWN = "550 5.1.1 <alice@example.com>: Recipient address rejected: User unknown"


@pytest.fixture(autouse=True)
def reported(settings: Settings) -> None:
    settings.BOUNCE_ADDRESS = "Bounce@Lists.example"


@pytest.fixture
def verp(post: Post, bob: User) -> Verp:
    """The envelope sender of a mail to alice that has left."""
    actions.react(bob, post)
    return str(mail.outbox[-1].from_email)


def held_against(address: str) -> str:
    row = Suppression.objects.filter(address=address).first()
    return row.cause if row else ""


@pytest.mark.parametrize(
    ("raw", "what", "cause"),
    [
        (postfix(TO, USER_UNKNOWN, "5.1.1"), "failed", "no_mailbox"),
        (postfix(TO, "550-5.1.1 The email account that you tried to reach", "5.1.1"), "failed", "no_mailbox"),
        (postfix(TO, "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "5.1.10"), "failed", "no_mailbox"),
        (postfix(TO, "554 delivery error: dd This user doesn't have an account"), "failed", "no_mailbox"),
        (postfix(TO, "550 5.2.1 mailbox disabled", "5.2.1"), "failed", "disabled"),
        (postfix(TO, "552 5.2.2 over quota", "5.2.2"), "failed", "full"),
        (postfix(TO, "452 4.2.2 The recipient's inbox is out of space", "4.2.2"), "failed", "full"),
        (postfix(TO, "connect to mx.example.com[192.0.2.25]:25: timed out", "4.4.1"), "failed", "unreached"),
        (postfix(TO, "450 4.1.1 unverified address", "4.1.1"), "failed", "unreached"),
        (postfix(TO, "Host or domain name not found", "5.4.4"), "failed", "unreached"),
        (postfix(TO, "550 5.7.1 blocked by zen.spamhaus.org", "5.7.1"), "failed", "policy"),
        (postfix(TO, "550 5.7.26 This mail is unauthenticated", "5.7.26"), "failed", "policy"),
        (postfix(TO, "552 5.3.4 message too big", "5.3.4"), "failed", "policy"),
        (postfix(TO, "554 no thanks"), "failed", "refused"),
        (postfix(TO, "451 4.3.0 try again", "4.3.0", "delayed"), "delayed", "delayed"),
        (reports.EXIM.encode(), "failed", "no_mailbox"),
        (reports.QMAIL.encode(), "failed", "no_mailbox"),
        (complaint(TO, TO), "complaint", "complaint"),
        (postfix(TO, "250 2.1.5 delivered", "2.1.5", "delivered"), None, ""),
        (postfix(TO, "250 2.0.0 handed on", "2.0.0", "relayed"), None, ""),
        (complaint(TO, TO, feedback="not-spam"), None, ""),
        (complaint(TO, TO, feedback="opt-out"), None, ""),
        (out_of_office(TO), None, ""),
        (out_of_office(TO, Auto_Submitted="no"), None, ""),
        (out_of_office(TO, Subject="Undelivered Mail Returned to Sender"), None, ""),
        (b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: text/plain", None, ""),
        (b"Content-Type: multipart/report\n\nmessage/delivery-status", None, ""),
    ],
)  # fmt: skip
def test_each_says_what_it_says(raw: bytes, what: str | None, cause: str) -> None:
    report = report_in(Letter(raw))
    assert (report.what if report else None, report.cause if report else "") == (what, cause)


def test_a_bounce_finds_the_mail_by_the_address_it_comes_to(verp: Verp, alice: User) -> None:
    [message] = mail.outbox
    assert verp.startswith("Bounce+")
    assert message.message()["From"] == "Bob via Belltower <belltower@localhost>"
    assert receive(postfix(verp.upper(), USER_UNKNOWN, "5.1.1")).code == TAKEN
    bounce = Bounce.objects.get()
    assert (bounce.address, bounce.delivery_id) == (alice.email, Delivery.objects.get().pk)
    assert bounce.words == USER_UNKNOWN
    assert suppressing.trouble_of(alice.email)
    assert not IncomingMail.objects.exists()


def test_explain_and_the_item_itself_say_that_it_came_back(verp: Verp, alice: User, browse: Browse) -> None:
    receive(postfix(verp, USER_UNKNOWN, "5.1.1"))
    event = Event.objects.get(kind="LIKE")
    said = " ".join(sentence.text for sentence in sentences(event, reach(event, alice)))
    assert f"there is no such mailbox. {USER_UNKNOWN}" in said
    assert "mail to this address comes back" in said
    item = Notification.objects.get(kind="LIKE", recipient=alice)
    page = browse(alice).get(reverse("why-notification", args=[item.pk])).content.decode()
    assert "What came back of the mail: there is no such mailbox." in page


def test_it_counts_once_however_often_it_comes(verp: Verp, alice: User) -> None:
    full = postfix(verp, "552 5.2.2 over quota", "5.2.2")
    for raw in (
        full,
        full,
        full.replace(b"4B1C2", b"5C2D3"),
        full,
        postfix(verp, "late", "4.0.0", "delayed"),
    ):
        assert receive(raw, addresses=[verp], sender="").code == TAKEN
    assert list(Bounce.objects.order_by("pk").values_list("cause", flat=True)) == ["full", "delayed"]
    assert Suppression.objects.get().count == 1
    assert suppressing.trouble_of(alice.email) is None


@pytest.mark.parametrize(
    "forge",
    [
        lambda verp: verp[:12] + ("1" if verp[12] != "1" else "2") + verp[13:],
        lambda verp: verp[:7] + "1" + verp[7:],
        lambda verp: verp.replace("@", "0@"),
        lambda verp: verp.replace("@Lists.", "@elsewhere."),
        lambda verp: f"bounce+{2**63:x}-0000000000000000@lists.example",
        lambda verp: "bounce+zzzzzzzzzzzzz-zzzzzzzzzzzzzzzz@lists.example",
        lambda verp: "bounce@lists.example",
    ],
)
def test_one_to_an_address_that_nobody_made_changes_nothing(verp: Verp, forge: Callable[[str], str]) -> None:
    assert receive(postfix(forge(verp), USER_UNKNOWN, "5.1.1"), sender="").code == NOBODY
    assert not Bounce.objects.exists()


def test_nor_does_one_about_an_address_that_was_changed_or_a_mail_of_long_ago(
    verp: Verp, alice: User
) -> None:
    Delivery.objects.update(ended_at=timezone.now() - timedelta(days=31))
    assert receive(postfix(verp, USER_UNKNOWN, "5.1.1")).code == NOBODY
    Delivery.objects.update(ended_at=timezone.now())
    alice.email = "alice@elsewhere.example"
    alice.save()
    assert receive(postfix(verp, USER_UNKNOWN, "5.1.1")).code == NOBODY
    assert not Bounce.objects.exists()


def test_a_copy_of_a_mailing_has_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = Letters([Copy(1, "dora@example.com")])
    monkeypatch.setitem(kinds._mailings, letters.type, letters)
    write_to(letters)
    receive(postfix(mail.outbox[-1].from_email, "552 5.2.2 over quota", "5.2.2"))
    assert held_against("dora@example.com") == "full"


def test_whoever_is_away_has_a_mailbox(verp: Verp, settings: Settings) -> None:
    settings.REPLY_ADDRESS = settings.BOUNCE_ADDRESS  # one mailbox for all
    assert receive(out_of_office(verp)).code == TAKEN
    assert not Bounce.objects.exists()
    assert not IncomingMail.objects.exists()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_complaint_names_the_mail_inside(verp: Verp, alice: User, kind: str) -> None:
    assert receive(complaint("bounce@lists.example", path=verp, kind=kind)).code == TAKEN
    row = Suppression.objects.get()
    assert (row.address, row.stops) == (alice.email, "complained")
    assert receive(complaint("bounce@lists.example", sender=verp)).code == TAKEN
    assert Suppression.objects.get().count == 1


def test_a_complaint_about_a_mail_that_nobody_sent_changes_nothing(alice: User) -> None:
    for raw in (complaint("bounce@lists.example", "alice@example.com"), complaint(TO, TO)):
        assert receive(raw).code == NOBODY
    assert not Bounce.objects.exists()


def test_it_is_what_the_mail_server_is_told(settings: Settings, post: Post, bob: User) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with SmtpServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        actions.react(bob, post)
        [sender], [message] = server.senders, server.messages
    assert receive(postfix(sender, USER_UNKNOWN, "5.1.1"), addresses=[sender]).code == TAKEN
    assert held_against("alice@example.com") == "no_mailbox"
    assert message["From"] == "Bob via Belltower <belltower@localhost>"


def test_without_an_address_for_reports_it_is_as_it_was(settings: Settings, post: Post, bob: User) -> None:
    settings.BOUNCE_ADDRESS = ""
    actions.react(bob, post)
    assert mail.outbox[-1].from_email == "Bob via Belltower <belltower@localhost>"
    assert "From" not in mail.outbox[-1].extra_headers
