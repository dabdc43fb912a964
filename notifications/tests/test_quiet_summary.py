"""Quiet hours: nothing leaves, and one mail at their end tells what waited."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.inbox import actions as inbox
from notifications.models import Attempt, Delivery, Notification, NotificationPreference, QuietHours
from notifications.outgoing import recording, sending, summaries
from notifications.outgoing.recheck import Checked, check
from notifications.outgoing.summing_up import ITEMS_MAX
from notifications.steering.quieting import set_quiet_hours
from notifications.upkeep import operations
from notifications.upkeep.audit import audit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def quiet_now(user: User, **fields: object) -> QuietHours:
    """Since an hour ago, for an hour more; in UTC, which is everybody's zone here."""
    now = timezone.now()
    hours = QuietHours(user=user, is_on=True, **fields)
    hours.starts, hours.ends = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    hours.save()
    return hours


def let_them_end() -> None:
    """The hour passes."""
    now = timezone.now()
    QuietHours.objects.update(ends=(now - timedelta(minutes=1)).time())
    Delivery.objects.filter(state="pending").update(due_at=now)
    send()


def send() -> None:
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass


def the_summary() -> Delivery:
    return Delivery.objects.get(event_id=None)


def ends() -> set[tuple[str, str]]:
    """Of everything but the summary."""
    return set(Delivery.objects.exclude(event_id=None).values_list("state", "reason"))


def text_of(message: object) -> str:
    assert isinstance(message, EmailMultiAlternatives)
    return str(message.body)


@pytest.fixture
def quiet(alice: User) -> QuietHours:
    return quiet_now(alice)


def test_nothing_leaves_and_the_inbox_fills_as_ever(
    quiet: QuietHours, post: Post, alice: User, bob: User
) -> None:
    actions.comment(bob, post, "Any left?")

    assert mail.outbox == []
    assert Notification.objects.of(alice).unread().count() == 1
    assert ends() == {("held", "quiet")}
    end = the_summary().due_at - timezone.now()
    assert timedelta(minutes=59) < end <= timedelta(hours=1)


def test_one_mail_at_their_end_tells_what_waited(
    quiet: QuietHours, post: Post, alice: User, bob: User, chloe: User
) -> None:
    other = actions.create_post(alice, "Tomorrow at ten.", title="Repair evening")
    actions.comment(bob, post, "Any left?")
    actions.comment(chloe, post, "I take two.")
    actions.react(bob, other)
    actions.react(chloe, other)
    let_them_end()

    [message] = mail.outbox
    assert message.to == ["alice@example.com"]
    assert message.subject == "Chloe and Bob liked “Repair evening”, and 2 more"
    text = text_of(message)
    assert text.index("I take two.") < text.index("Any left?")
    assert "3 things waited for you" in text
    assert ends() == {("skipped", "quiet")}
    summary = the_summary()
    assert summary.state == "sent"
    assert set(Delivery.objects.exclude(event_id=None).values_list("summary_id", flat=True)) == {summary.pk}


def test_a_mail_that_has_its_summary_is_not_mailed_again(
    quiet: QuietHours, post: Post, bob: User, chloe: User
) -> None:
    actions.react(bob, post)
    let_them_end()
    actions.react(chloe, post)
    send()

    assert len(mail.outbox) == 1


def test_what_was_mailed_before_is_not_in_it(post: Post, alice: User, bob: User) -> None:
    actions.comment(bob, post, "Before the night")
    quiet_now(alice)
    actions.comment(bob, post, "In the night")
    let_them_end()

    _first, summary = mail.outbox
    assert "In the night" in text_of(summary)
    assert "Before the night" not in text_of(summary)


def test_what_needs_the_person_gets_through_or_comes_first(
    post: Post, alice: User, bob: User, chloe: User
) -> None:
    hours = quiet_now(alice)
    actions.comment(bob, post, "@alice, the water runs!")
    assert [message.subject for message in mail.outbox] == ["Bob mentioned you in “Seedlings to give away”"]

    mail.outbox.clear()
    set_quiet_hours(alice, {"urgent_gets_through": False})
    actions.comment(bob, post, "@alice, still.")
    other = actions.create_post(alice, "Tomorrow.", title="Repair evening")
    actions.comment(chloe, other, "I come.")
    assert mail.outbox == []
    let_them_end()
    [message] = mail.outbox
    assert message.subject == "Bob mentioned you in “Seedlings to give away”, and 1 more"
    assert hours.user_id == alice.pk


def test_only_what_is_still_news_is_in_it(quiet: QuietHours, alice: User, bob: User) -> None:
    read, undone, gone, wanted = (
        actions.create_post(alice, "…", title=title) for title in ("Read", "Undone", "Gone", "Wanted")
    )
    actions.react(bob, read)
    actions.react(bob, undone)
    actions.comment(bob, gone, "Too late")
    actions.comment(bob, wanted, "A word")
    inbox.mark_thing_read(alice, "post", read.pk)
    actions.unreact(bob, undone)
    actions.delete_post(alice, gone)
    let_them_end()

    [message] = mail.outbox
    assert "A word" in text_of(message)
    for title in ("Read", "Undone", "Gone"):
        assert f"“{title}”" not in text_of(message)
    assert {("skipped", "read"), ("skipped", "undone"), ("skipped", "quiet")} <= ends()


def test_somebody_who_left_hears_nothing_of_the_group(
    private_post: Post, group: Group, alice: User, bob: User
) -> None:
    quiet_now(bob)
    mine = actions.comment(bob, private_post, "Is anybody there?")
    actions.comment(alice, private_post, "Yes", parent=mine)
    actions.leave_group(bob, group)
    mail.outbox.clear()
    let_them_end()

    assert [message for message in mail.outbox if message.to == ["bob@example.com"]] == []
    assert the_summary().reason == Delivery.Reason.EMPTY


def test_no_mail_where_nothing_is_left(quiet: QuietHours, post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    inbox.mark_all_read(alice)
    let_them_end()

    assert mail.outbox == []
    assert (the_summary().state, the_summary().reason) == ("skipped", "empty")
    assert ends() == {("skipped", "read")}


def test_who_switched_mails_off_meanwhile_gets_none(
    quiet: QuietHours, post: Post, alice: User, bob: User
) -> None:
    actions.comment(bob, post, "Any left?")
    NotificationPreference.objects.create(user=alice, notification_type="community", email_enabled=False)
    let_them_end()

    assert mail.outbox == []
    assert ends() == {("skipped", "opted_out")}


def test_a_long_night_is_capped_and_takes_no_more_queries(
    quiet: QuietHours, alice: User, bob: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def gather_and_compose() -> None:
        gathered = summaries.gather(the_summary())
        with sending.Lane("test") as lane:
            lane._channel.compose_summary(the_summary(), gathered.told)

    posts = [actions.create_post(alice, "…", title=f"Post {n}") for n in range(ITEMS_MAX + 5)]
    for post in posts[:2]:
        actions.comment(bob, post, "Well said")
    few = count_queries(gather_and_compose)
    for post in posts[2:]:
        actions.comment(bob, post, "Well said")
    assert count_queries(gather_and_compose) == few
    let_them_end()

    [message] = mail.outbox
    assert "and 5 more" in text_of(message)
    assert text_of(message).count("Bob commented on") == ITEMS_MAX
    assert message.subject.endswith(", and 24 more")


def test_ending_them_early_sends_what_waits_as_one_mail(
    quiet: QuietHours, post: Post, alice: User, bob: User
) -> None:
    actions.comment(bob, post, "One")
    actions.comment(bob, post, "Two")
    set_quiet_hours(alice, {"is_on": False})
    send()

    assert len(mail.outbox) == 1
    assert ends() == {("skipped", "quiet")}


def test_other_hours_move_what_waits(quiet: QuietHours, post: Post, alice: User, bob: User) -> None:
    actions.comment(bob, post, "One")
    later = timezone.now() + timedelta(hours=2)
    set_quiet_hours(alice, {"ends": later.time()})
    assert the_summary().due_at == later

    set_quiet_hours(alice, {"starts": later.time(), "ends": (later + timedelta(hours=1)).time()})
    send()
    assert len(mail.outbox) == 1


def test_another_time_zone_moves_what_waits(quiet: QuietHours, post: Post, alice: User, bob: User) -> None:
    actions.comment(bob, post, "One")
    alice.time_zone = "Pacific/Auckland"
    alice.save(update_fields=["time_zone"])
    send()

    assert len(mail.outbox) == 1


def test_letting_urgent_things_through_lets_those_that_wait_through(
    post: Post, alice: User, bob: User
) -> None:
    quiet_now(alice, urgent_gets_through=False)
    actions.comment(bob, post, "@alice?")
    actions.react(bob, post)
    set_quiet_hours(alice, {"urgent_gets_through": True})
    send()

    assert [message.subject for message in mail.outbox] == ["Bob mentioned you in “Seedlings to give away”"]
    assert ends() == {("sent", ""), ("held", "quiet")}


def test_taken_up_again_in_the_same_night_they_end_in_a_second_summary(
    quiet: QuietHours, post: Post, alice: User, bob: User
) -> None:
    actions.comment(bob, post, "One")
    set_quiet_hours(alice, {"is_on": False})
    send()
    set_quiet_hours(alice, {"is_on": True})
    actions.comment(bob, post, "Two")
    assert len(mail.outbox) == 1
    let_them_end()

    assert len(mail.outbox) == 2
    assert "“One”" not in text_of(mail.outbox[1])
    assert Delivery.objects.filter(event_id=None, state="sent").count() == 2


def test_a_summary_that_comes_due_in_a_new_quiet_time_waits_on(
    quiet: QuietHours, post: Post, bob: User
) -> None:
    actions.comment(bob, post, "One")
    Delivery.objects.filter(event_id=None).update(due_at=timezone.now())
    send()

    assert mail.outbox == []
    assert the_summary().due_at > timezone.now() + timedelta(minutes=50)


def test_a_mail_that_was_perhaps_sent_waits_alone_under_its_own_name(
    post: Post, alice: User, bob: User, settings: Settings
) -> None:
    settings.NOTIFICATION_EMAIL_DELAY_SECONDS = 300
    actions.comment(bob, post, "One")
    Delivery.objects.update(handovers=1, due_at=timezone.now())
    quiet_now(alice)
    send()

    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.summary_id) == ("pending", None)
    assert waiting.due_at > timezone.now() + timedelta(minutes=50)


def test_a_retry_that_falls_into_the_night_joins_the_summary(
    post: Post, alice: User, bob: User, settings: Settings
) -> None:
    settings.NOTIFICATION_EMAIL_DELAY_SECONDS = 300
    actions.comment(bob, post, "One")
    Delivery.objects.update(attempts=1, due_at=timezone.now())
    quiet_now(alice)
    send()

    assert ends() == {("held", "quiet")}


def test_what_is_withdrawn_while_the_mail_is_written_is_written_anew(
    quiet: QuietHours, post: Post, alice: User, bob: User, chloe: User
) -> None:
    actions.comment(bob, post, "One")
    other = actions.create_post(alice, "…", title="Undone")
    actions.react(chloe, other)
    gathered = summaries.gather(the_summary())
    actions.unreact(chloe, other)

    assert recording.begin(the_summary(), "test", gathered) is None
    assert (the_summary().state, Attempt.objects.count()) == ("pending", 0)
    let_them_end()
    assert "Undone" not in text_of(mail.outbox[0])


def test_what_comes_while_the_mail_is_written_goes_alone(
    quiet: QuietHours, post: Post, alice: User, bob: User
) -> None:
    actions.comment(bob, post, "One")
    gathered = summaries.gather(the_summary())
    actions.comment(bob, post, "Two")

    assert recording.begin(the_summary(), "test", gathered)
    assert ends() == {("skipped", "quiet"), ("pending", "")}


def test_one_that_cannot_be_written_breaks_up_and_loses_nothing(
    quiet: QuietHours, post: Post, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise ZeroDivisionError

    actions.comment(bob, post, "One")
    monkeypatch.setattr("notifications.channels.email.EmailChannel.compose_summary", fails)
    let_them_end()

    assert (the_summary().state, the_summary().reason) == ("skipped", "error")
    assert "commented on" in mail.outbox[0].subject
    assert ends() == {("sent", "")}


def test_an_operator_lets_go_of_a_summary_with_all_it_kept(quiet: QuietHours, post: Post, bob: User) -> None:
    actions.comment(bob, post, "One")
    operations.discard_deliveries(Delivery.objects.filter(event_id=None))

    assert ends() == {("skipped", "discarded")}
    assert [str(check.promise) for check, count in audit() if count] == []


def test_one_that_is_kept_for_nothing_is_found_by_the_audit(quiet: QuietHours, post: Post, bob: User) -> None:
    actions.comment(bob, post, "One")
    assert [check.broken.__name__ for check, count in audit() if count] == []
    Delivery.objects.filter(event_id=None).delete()
    assert [check.broken.__name__ for check, count in audit() if count] == ["orphaned_deliveries"]


def test_the_night_of_one_is_not_the_night_of_another(
    quiet: QuietHours, alice: User, bob: User, chloe: User, post: Post
) -> None:
    actions.comment(chloe, post, "@bob, look")
    assert [message.to for message in mail.outbox] == [["bob@example.com"]]


def test_asking_whether_it_is_quiet_costs_no_query(
    post: Post, bob: User, count_queries: Callable[[Callable[[], object]], int], settings: Settings
) -> None:
    settings.NOTIFICATION_EMAIL_DELAY_SECONDS = 300
    actions.comment(bob, post, "One")
    checked = check(Delivery.objects.get())
    assert isinstance(checked, Checked)
    assert count_queries(lambda: summaries.quiet_for(checked.kind, checked.recipient, timezone.now())) == 0
