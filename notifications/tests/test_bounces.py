"""Mail that comes back is held against its address, and where it is too much none goes there any more."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Post
from notifications import kinds
from notifications.bouncing import scoring, suppressing
from notifications.bouncing.causes import cause_of
from notifications.mailings import Copy
from notifications.models import Bounce, Cause, Delivery, Suppression
from notifications.outbox import pipeline
from notifications.outgoing import sending
from notifications.outgoing.recheck import check
from notifications.tests.letters import Letters
from notifications.tests.letters import post as write_to
from notifications.tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
real = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
GONE = "550 5.1.1 no such user here"


@pytest.fixture
def smtp(settings: Settings) -> Iterator[SmtpServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain
    with SmtpServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def tell(recipient: User, actor: User) -> tuple[str, str]:
    """The actor likes something new of the recipient; how its mail ended."""
    actions.react(actor, actions.create_post(recipient, f"Hello {timezone.now()}"))
    while pipeline.expand_next():
        pass
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass
    delivery = Delivery.objects.latest("pk")
    return delivery.state, delivery.reason


def came_back(address: str, cause: Cause = Cause.NO_MAILBOX, *, key: str = "1", **more: Any) -> bool:
    return suppressing.note(address, cause, key=key, source=Bounce.Source.REPORT, **more)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual table", "no_mailbox"),
        ("550-5.1.1 The email account that you tried to reach does not exist.", "no_mailbox"),
        ("556 5.1.10 Recipient's domain takes no mail", "no_mailbox"),
        ("550 no such user", "no_mailbox"),
        ("553 unknown recipient a@b.example", "no_mailbox"),
        ("550 5.2.1 The mailbox is disabled", "disabled"),
        ("552 5.2.2 The email account that you tried to reach is over quota", "full"),
        ("552 mailbox full", "full"),
        ("550 5.7.1 Our system has detected that this message is unsolicited", "policy"),
        ("554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org", "policy"),
        ("550 5.1.8 <us@example.com>: Sender address rejected: Domain not found", "policy"),
        ("550 relay not permitted", "policy"),
        ("552 5.3.4 Message size exceeds fixed limit", "policy"),
        ("554 no thanks", "refused"),
        ("550 Requested action not taken: mailbox unavailable", "refused"),
        ("4.4.7 Message expired", "unreached"),
        ("450 4.2.0 user unknown for now", "unreached"),
        ("connect to 192.0.2.5.1.1 port 25", "refused"),
        ("", "refused"),
    ],
)
def test_what_a_server_says_has_one_meaning(words: str, cause: str) -> None:
    assert cause_of(words) == cause


def test_four_within_some_days_are_enough_and_one_a_week_never_is() -> None:
    def after(count: int, every: timedelta) -> float:
        score, now = 0.0, timezone.now()
        for _n in range(count):
            score = scoring.faded(score, now, now + every) + scoring.WEIGHTS[Cause.FULL]
        return score

    assert after(3, timedelta(0)) < scoring.ENOUGH <= after(4, timedelta(days=1))
    assert after(500, timedelta(days=7)) < scoring.ENOUGH
    assert scoring.WEIGHTS[Cause.NO_MAILBOX] >= scoring.ENOUGH > scoring.WEIGHTS[Cause.DISABLED]


def test_whoever_tries_again_and_again_waits_longer_each_time() -> None:
    now = timezone.now()
    waits = [scoring.may_resume_at(now, resumes) for resumes in (1, 2, 3, 100)]
    assert [(at - now).days for at in waits if at] == [1, 2, 4, 32]
    assert scoring.may_resume_at(now, 0) is scoring.may_resume_at(None, 3) is None


class TestWhereNobodyIs:
    pytestmark = real

    def test_the_first_refusal_stops_the_next_mail(self, smtp: SmtpServer, alice: User, bob: User) -> None:
        smtp.behaviour.rcpt = GONE
        assert tell(alice, bob) == ("failed", "refused")
        smtp.behaviour.rcpt = ""
        assert tell(alice, bob) == ("skipped", "bounced")
        assert smtp.messages == []
        row = Suppression.objects.get()
        assert (row.address, row.cause, row.words) == (alice.email, "no_mailbox", GONE)
        suppressing.resume(alice.email)
        assert tell(alice, bob) == ("sent", "")

    def test_a_refusal_of_what_we_are_stops_nothing(self, smtp: SmtpServer, alice: User, bob: User) -> None:
        smtp.behaviour.rcpt = "554 5.7.1 Client host blocked"
        assert tell(alice, bob) == tell(alice, bob) == ("failed", "refused")
        assert not Suppression.objects.exists()
        assert list(Bounce.objects.values_list("cause", "has_counted")) == [("policy", False)] * 2

    def test_a_copy_of_a_mailing_is_stopped_too(
        self, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letters = Letters([Copy(1, "dora@example.com"), Copy(2, "emil@example.com")])
        monkeypatch.setitem(kinds._mailings, letters.type, letters)
        came_back("Dora@Example.com")
        event = write_to(letters)
        while pipeline.expand_next():
            pass
        with sending.Lane("test", "bulk") as lane:
            while lane.send_next():
                pass
        ends = dict(Delivery.objects.filter(event_id=event.pk).values_list("address", "reason"))
        assert ends == {"dora@example.com": "bounced", "emil@example.com": ""}


def test_the_last_look_asks_nothing_more_of_the_database(
    post: Post, alice: User, bob: User, count_queries: Callable[[Callable[[], object]], int],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        actions.react(bob, post)
    Delivery.objects.update(state="pending")
    before = count_queries(lambda: check(Delivery.objects.get()))
    came_back(alice.email)
    assert check(Delivery.objects.get()) == Delivery.Reason.BOUNCED
    assert count_queries(lambda: check(Delivery.objects.get())) <= before


def test_a_report_that_comes_twice_counts_once(alice: User) -> None:
    for key in ("1", "1", "1", "1", "2"):
        came_back(alice.email, Cause.FULL, key=key)
    assert Suppression.objects.get().count == 2
    assert suppressing.trouble_of(alice.email) is None


def test_what_was_sent_before_it_was_mended_says_nothing(alice: User) -> None:
    sent_at = timezone.now()
    came_back(alice.email, sent_at=sent_at)
    suppressing.resume(alice.email)
    came_back(alice.email, key="2", sent_at=sent_at)
    assert suppressing.trouble_of(alice.email) is None
    came_back(alice.email, key="3")
    assert suppressing.trouble_of(alice.email)


def test_a_complaint_stops_all_but_what_keeps_an_account_safe(post: Post, alice: User) -> None:
    came_back(alice.email, Cause.COMPLAINT)
    stops = Suppression.objects.get().stops
    assert stops == "complained"
    assert suppressing.refusal(stops, kinds.type_names["LIKE"]) == Delivery.Reason.COMPLAINED
    assert suppressing.refusal(stops, kinds.type_names["SIGNUP"]) is None
    assert suppressing.may_try(alice.email)
    suppressing.proven(alice.email)
    assert suppressing.trouble_of(alice.email)  # that a link was followed is no change of mind
    came_back(alice.email, key="2")
    assert Suppression.objects.get().stops == "bounced"


def test_a_lost_password_is_mailed_to_where_mail_bounces_once_a_day(alice: User, client: Client) -> None:
    def reset() -> int:
        client.post(reverse("account_reset_password"), {"email": alice.email})
        return len(mail.outbox)

    came_back(alice.email)
    assert [reset(), reset()] == [1, 1]
    Suppression.objects.update(tried_at=timezone.now() - timedelta(days=2))
    assert reset() == 2


def test_a_link_that_was_followed_shows_that_mail_arrives(alice: User) -> None:
    came_back(alice.email)
    confirmed = EmailAddress(user=alice, email=alice.email)
    email_confirmed.send(sender=EmailAddress, request=None, email_address=confirmed)
    assert suppressing.trouble_of(alice.email) is None


def test_the_person_is_told_where_they_come_by_and_has_it_sent_again(alice: User, browse: Browse) -> None:
    browser = browse(alice)
    came_back(alice.email, words=f"{GONE} <script>")
    for page in ("feed", "inbox", "preferences", "account_email"):
        html = browser.get(reverse(page)).content.decode()
        assert "Mail to alice@example.com comes back" in html
        assert "there is no such mailbox" in html
        assert "<script>" not in html.split("What the mail server said")[1][:200]
    resume = reverse("resume-mail")
    assert browser.get(resume).status_code == 405
    assert browser.post(resume, {"next": "https://elsewhere.example/"})["Location"] == reverse("inbox")
    assert b"comes back" not in browser.get("/").content

    came_back(alice.email, key="2")
    page = browser.get("/").content.decode()
    assert "You can try once more" in page
    assert "Send me mail again" not in page
    assert "Change the address" in page
    assert b"Change the address" not in browser.get(reverse("account_email")).content
    assert b"not before" in browser.post(resume, {"next": "/"}, follow=True).content
    assert suppressing.trouble_of(alice.email)


def test_another_address_has_nothing_against_it(alice: User, browse: Browse) -> None:
    came_back(alice.email)
    alice.email = "alice@elsewhere.example"
    alice.save()
    assert b"comes back" not in browse(alice).get("/").content


def test_it_is_told_and_mended_by_the_api(alice: User, bob: User, api: Api) -> None:
    path = "/api/notifications/mail-standing"
    came_back(alice.email)
    said = api(alice).get(path).json()
    assert (said["address"], said["stopped"], said["cause"]) == (alice.email, "bounced", "no_mailbox")
    assert api(bob).post(path).json()["stopped"] is None
    assert api(alice).post(path).json()["stopped"] is None
    came_back(alice.email, key="2")
    too_soon = api(alice).post(path)
    assert too_soon.status_code == 429
    assert 86_000 < int(too_soon["Retry-After"]) <= 86_400


def test_the_staff_lift_it_and_its_owner_has_their_try_again(
    alice: User, bob: User, admin_client: Client
) -> None:
    came_back(alice.email)
    suppressing.resume(alice.email)
    came_back(alice.email, key="2")
    page = reverse("admin:notifications_suppression_changelist")
    assert b"alice@example.com" in admin_client.get(page, {"stops__exact": "bounced", "q": "alice"}).content
    chosen = {"action": "lift", "_selected_action": Suppression.objects.get().pk, "sure": "1"}
    admin_client.post(page, chosen)
    assert suppressing.trouble_of(alice.email) is None
    came_back(alice.email, key="3")
    suppressing.resume(alice.email)


def test_it_goes_with_its_person(alice: User) -> None:
    came_back(alice.email)
    alice.delete()
    assert not Suppression.objects.exists()
    assert not Bounce.objects.exists()
