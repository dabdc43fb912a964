"""A delivery's way out: checked at the last moment, recorded before the network, ended for a reason."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.channels.base import Answer, Result
from notifications.channels.email import EmailChannel
from notifications.inbox import actions as inbox
from notifications.models import Attempt, Delivery, Event, NotificationPreference
from notifications.outbox import pipeline
from notifications.outgoing import recording, sending
from notifications.outgoing.recheck import Checked
from notifications.tests.smtp_server import Behaviour, SmtpServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
Like = Callable[[], Delivery]


@pytest.fixture
def like(post: Post, bob: User, settings: Settings) -> Like:
    """Bob likes; the mail to alice is made and waits."""

    def like() -> Delivery:
        settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: nothing runs by itself
        actions.react(bob, post)
        while pipeline.expand_next():
            pass
        return Delivery.objects.get()

    return like


@pytest.fixture
def smtp(settings: Settings) -> Iterator[SmtpServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 1
    with SmtpServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def send() -> None:
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass


def end(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.reason


def test_a_mail_goes_out_once_and_every_attempt_is_kept(like: Like, smtp: SmtpServer) -> None:
    delivery = like()
    send()
    send()

    assert end(delivery) == ("sent", "")
    assert len(smtp.messages) == 1
    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["sent"]


def test_it_is_not_sent_when_it_was_read_meanwhile(like: Like, alice: User) -> None:
    delivery = like()
    inbox.mark_all_read(alice)
    send()

    assert end(delivery) == ("skipped", "read")
    assert mail.outbox == []


def test_it_is_not_sent_when_it_was_undone_meanwhile(like: Like, post: Post, bob: User) -> None:
    delivery = like()
    actions.unreact(bob, post)
    send()

    assert end(delivery) == ("skipped", "undone")


def test_it_is_not_sent_to_one_who_switched_it_off_meanwhile(like: Like, alice: User) -> None:
    delivery = like()
    NotificationPreference.objects.create(user=alice, notification_type="community", email_enabled=False)
    send()

    assert end(delivery) == ("skipped", "opted_out")


def test_it_is_not_sent_to_one_who_was_deactivated(like: Like, alice: User) -> None:
    delivery = like()
    User.objects.filter(pk=alice.pk).update(is_active=False)
    send()

    assert end(delivery) == ("skipped", "no_address")


def test_it_is_not_sent_when_it_is_too_old_to_be_news(like: Like) -> None:
    delivery = like()
    Event.objects.update(created_at=timezone.now() - timedelta(days=2))
    send()

    assert end(delivery) == ("skipped", "expired")


def test_nothing_is_sent_about_a_private_group_to_one_who_left_it(
    private_post: Post, group: Group, alice: User, bob: User, settings: Settings
) -> None:
    actions.comment(bob, private_post, "It is cold")
    settings.NOTIFICATION_EXECUTOR = "threads"
    mine = actions.comment(bob, private_post, "Is anybody there?")
    actions.comment(alice, private_post, "Yes", parent=mine)
    pipeline.expand_next()
    waiting = Delivery.objects.get(recipient=bob, state="pending")
    actions.leave_group(bob, group)
    mail.outbox.clear()
    send()

    assert end(waiting) == ("skipped", "hidden")
    assert [message.to for message in mail.outbox if "bob@example.com" in message.to] == []


@pytest.mark.parametrize(
    ("behaviour", "state", "reason", "attempts", "handovers"),
    [
        (Behaviour(rcpt="550 no such user"), "failed", "refused", 0, 1),
        (Behaviour(rcpt="450 mailbox busy"), "pending", "", 1, 0),
        (Behaviour(mail="451 try later"), "pending", "", 1, 0),
        (Behaviour(data="451 greylisted"), "pending", "", 1, 0),
        (Behaviour(data="554 looks like spam"), "failed", "refused", 0, 1),
        (Behaviour(drop_before_data=True), "pending", "", 1, 0),
        (Behaviour(drop_after_data=True), "pending", "", 0, 1),
        (Behaviour(silent_after_data=True), "pending", "", 0, 1),
        (Behaviour(banner="421 too busy"), "pending", "", 1, 0),
    ],
    ids=str,
)
def test_each_answer_of_the_server_leads_to_its_own_state(
    like: Like, smtp: SmtpServer, behaviour: Behaviour, state: str, reason: str, attempts: int, handovers: int
) -> None:
    smtp.behaviour = behaviour
    delivery = like()
    send()

    assert end(delivery) == (state, reason)
    assert (delivery.attempts, delivery.handovers) == (attempts, handovers)
    if state == "pending":
        assert delivery.due_at > timezone.now() + timedelta(seconds=30)


def test_a_server_that_is_away_costs_nothing_but_time(
    like: Like, settings: Settings, smtp: SmtpServer
) -> None:
    settings.EMAIL_PORT = 1  # nobody listens there
    delivery = like()
    send()
    assert end(delivery) == ("pending", "")

    settings.EMAIL_PORT = smtp.port
    Delivery.objects.update(due_at=timezone.now())
    send()
    assert end(delivery) == ("sent", "")


def test_a_mail_without_an_answer_is_handed_over_twice_and_never_again(like: Like, smtp: SmtpServer) -> None:
    smtp.behaviour = Behaviour(drop_after_data=True)
    delivery = like()
    for _ in range(3):
        send()
        Delivery.objects.filter(state="pending").update(due_at=timezone.now())

    assert end(delivery) == ("uncertain", "unanswered")
    assert len(smtp.messages) == 2
    assert len({message["Message-ID"] for message in smtp.messages}) == 1


def test_a_mail_that_fails_again_and_again_is_given_up_by_the_schedule(
    like: Like, smtp: SmtpServer, settings: Settings
) -> None:
    settings.NOTIFICATION_RETRY_SECONDS = [1, 1]
    smtp.behaviour = Behaviour(rcpt="450 mailbox busy")
    delivery = like()
    for _ in range(4):
        send()
        Delivery.objects.filter(state="pending").update(due_at=timezone.now())

    assert end(delivery) == ("dead", "exhausted")
    assert Attempt.objects.count() == 3


def test_what_a_dead_worker_was_sending_is_sent_once_more(like: Like, smtp: SmtpServer) -> None:
    delivery = like()
    Delivery.objects.update(
        state="sending", handovers=1, worker="gone", lease_until=timezone.now() - timedelta(seconds=1)
    )
    recording.take_back_expired()
    assert end(delivery) == ("pending", "")

    Delivery.objects.update(due_at=timezone.now())
    send()
    assert end(delivery) == ("sent", "")


def test_a_250_that_comes_after_the_lease_was_lost_is_still_a_mail_sent(like: Like) -> None:
    delivery = like()
    attempt = recording.begin(delivery, "slow")
    assert attempt is not None
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    recording.take_back_expired()

    recording.end(delivery, attempt, Answer(Result.SENT, "250 ok"))

    assert end(delivery) == ("sent", "")


def test_a_template_that_fails_stops_its_own_mail_only(
    like: Like, post: Post, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = like()
    actions.comment(bob, post, "Hello")
    while pipeline.expand_next():
        pass
    compose = EmailChannel.compose

    def fails_for_likes(self: EmailChannel, some: Delivery, checked: Checked) -> object:
        if some.pk == delivery.pk:
            raise ZeroDivisionError
        return compose(self, some, checked)

    monkeypatch.setattr(EmailChannel, "compose", fails_for_likes)
    send()

    assert end(delivery) == ("pending", "")
    assert "ZeroDivisionError" in delivery.last_error
    assert len(mail.outbox) == 1


def test_a_delay_lets_a_mail_wait_until_somebody_has_read_it(
    like: Like, settings: Settings, alice: User
) -> None:
    settings.NOTIFICATION_EMAIL_DELAY_SECONDS = 300
    delivery = like()
    send()
    assert end(delivery) == ("pending", "unread")
    assert delivery.due_at > timezone.now() + timedelta(seconds=290)
