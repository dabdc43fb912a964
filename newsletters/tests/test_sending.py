"""An edition, from the draft to what became of it: who gets it, once; what counts say before and after."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from accounts.models import User
from community.actions import groups, react
from community.models import Group, Post
from newsletters import actions, subscribing
from newsletters.jobs import TIDY
from newsletters.models import Edition, Subscriber
from newsletters.segments import reach_of
from newsletters.standing import standing_of
from notifications.bouncing import suppressing
from notifications.models import Bounce, Cause, Delivery, Event, JobRun, Notification, QuietHours
from notifications.outbox import pipeline, reconciler
from notifications.outgoing.sending import Lane
from notifications.upkeep.explain import ByMail, reach
from notifications.upkeep.schedule import no_rest
from notifications.upkeep.telling import sentences

from .conftest import Draft, prove, subscribed

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def sent_to() -> Counter[str]:
    return Counter(message.to[0] for message in mail.outbox)


def expand() -> None:
    while pipeline.expand_next():
        pass


def test_whoever_subscribed_gets_it_once_and_the_counts_before_are_those_after(
    alice: User, bob: User, chloe: User, dora: Subscriber, draft: Draft, make_user: Any
) -> None:
    subscribed("bob@example.com")  # as well
    subscribing.choose(chloe, wanted=True)  # who never showed that the address is hers
    gone = prove(make_user("gone", is_active=False))
    subscribing.choose(gone, wanted=True)
    subscribing.choose(prove(make_user("left")), wanted=True)
    subscribing.choose(User.objects.get(username="left"), wanted=False)
    edition = draft()
    reach = reach_of(edition)
    assert (reach.addresses, reach.members, reach.others, reach.twice) == (2, 1, 1, 1)
    assert reach.left_out == {"no_address": 1, "unproven": 1}

    for _double_click in range(2):
        actions.send(alice, edition)
    pipeline.drain()
    assert sent_to() == {"bob@example.com": 1, "dora@example.com": 1}
    standing = standing_of(Edition.objects.get())
    assert (standing.state, standing.sent) == ("sent", reach.addresses)
    skipped = {reason: count for state, reason, count in standing.tally if state == "skipped"}
    assert skipped == reach.left_out
    assert not Notification.objects.filter(kind="NEWSLETTER").exists()


def test_an_address_that_a_member_has_not_shown_is_theirs_does_not_keep_it_from_its_owner(
    alice: User, chloe: User, draft: Draft
) -> None:
    subscribing.choose(chloe, wanted=True)
    subscribed("chloe@example.com")
    edition = draft()
    assert (reach_of(edition).addresses, reach_of(edition).left_out) == (1, {})
    actions.send(alice, edition)
    pipeline.drain()
    assert sent_to() == {"chloe@example.com": 1}


def test_addresses_that_mail_comes_back_from_are_left_out_and_counted(
    alice: User, bob: User, dora: Subscriber, draft: Draft, browse: Any
) -> None:
    subscribed("emil@example.com")
    for address, cause in ((bob.email, Cause.NO_MAILBOX), (dora.address, Cause.COMPLAINT)):
        suppressing.note(address, cause, key=address, source=Bounce.Source.REPORT)
    edition = draft()
    assert (reach_of(edition).addresses, reach_of(edition).left_out) == (1, {"bounced": 1, "complained": 1})
    preview = browse(alice).get(reverse("send-edition", args=[edition.pk]))
    assert "left out: mail to this address comes back" in preview.content.decode()
    actions.send(alice, edition)
    pipeline.drain()
    assert sent_to() == {"emil@example.com": 1}


def test_the_mail_says_what_it_is_and_how_to_end_it(alice: User, dora: Subscriber, draft: Draft) -> None:
    Subscriber.objects.filter(pk=dora.pk).update(language="de")
    actions.send(alice, draft())
    pipeline.drain()
    [message] = mail.outbox
    assert message.subject == "Spring in the yard"
    assert message.extra_headers["List-Id"].endswith("<newsletter.localhost>")
    assert message.extra_headers["Precedence"] == "bulk"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["List-Unsubscribe"].strip("<>") in str(message.body)
    assert "Im Browser lesen" in str(message.body)
    assert "<strong>seedlings</strong>" in str(message.alternatives[0][0])  # type: ignore[attr-defined]


def test_to_a_group_it_goes_to_subscribers_in_it_and_its_words_stay(
    alice: User, bob: User, chloe: User, dora: Subscriber, group: Group, draft: Draft
) -> None:
    subscribing.choose(prove(chloe), wanted=True)  # a stranger to the group
    edition = draft(segment="group", group=group)
    assert reach_of(edition).addresses == 1
    actions.send(alice, edition)
    expand()
    groups.leave_group(bob, group)
    pipeline.drain()
    assert mail.outbox == []
    assert Delivery.objects.get(channel="bulk").reason == "hidden"

    groups.accept_request(alice, groups.join_group(bob, group))
    actions.send(alice, draft(title="Rent", content="It rises.", segment="group", group=group))
    pipeline.drain()
    [message] = [one for one in mail.outbox if one.to == ["bob@example.com"] and "newsletter" in one.subject]
    whole = str(message.body) + str(message.alternatives) + message.subject  # type: ignore[attr-defined]
    assert not {"Rent", "rises", group.name} & {
        word for word in ("Rent", "rises", group.name) if word in whole
    }


def test_whoever_subscribed_by_the_form_belongs_to_the_groups_of_the_account_that_proved_the_address(
    alice: User, chloe: User, group: Group, draft: Draft
) -> None:
    subscribed("chloe@example.com")
    groups.accept_request(alice, groups.join_group(chloe, group))
    edition = draft(segment="group", group=group)
    assert reach_of(edition).addresses == 1, "bob"
    prove(chloe)
    assert reach_of(edition).addresses == 2


def test_paused_in_the_middle_resumed_and_stopped(alice: User, dora: Subscriber, draft: Draft) -> None:
    for number in range(5):
        subscribed(f"reader{number}@example.com")
    edition = actions.send(alice, draft())
    expand()
    with Lane("", "bulk") as lane:
        lane.send_next()
        actions.pause(alice, edition)
        assert standing_of(edition).state == "paused"
        while lane.send_next():
            pass
        assert len(mail.outbox) == 1
        actions.resume(alice, edition)
        lane.send_next()
    assert standing_of(edition).state == "sending"
    stopped = actions.stop(alice, edition)
    pipeline.drain()
    assert len(mail.outbox) == 2
    assert standing_of(stopped).ends == [
        ("sent", 2), ("not sent: stopped by whoever looks after the site", 4),
    ]  # fmt: skip
    with pytest.raises(ValidationError):
        actions.edit(alice, stopped, title="Other words")


def test_whoever_ends_it_or_moves_while_it_waits_gets_none(
    alice: User, bob: User, dora: Subscriber, draft: Draft
) -> None:
    edition = actions.send(alice, draft())
    expand()
    subscribing.end(dora.pk, edition.pk)
    User.objects.filter(pk=bob.pk).update(email="elsewhere@example.com")
    pipeline.drain()
    assert mail.outbox == []
    reasons = dict(Delivery.objects.filter(channel="bulk").values_list("address", "reason"))
    assert reasons == {"dora@example.com": "opted_out", "bob@example.com": "no_address"}
    assert standing_of(edition).unsubscribed == 1


def test_at_its_time_and_not_before_and_called_off_it_is_a_draft(
    alice: User, dora: Subscriber, draft: Draft
) -> None:
    edition = actions.send(alice, draft(scheduled_at=timezone.now() + timedelta(days=1)))
    pipeline.drain()
    assert (mail.outbox, standing_of(edition).state) == ([], "scheduled")
    assert standing_of(actions.stop(alice, edition)).state == "draft"
    assert not Event.objects.filter(kind="NEWSLETTER").exists()
    actions.send(alice, actions.edit(alice, edition, scheduled_at=None))
    pipeline.drain()
    assert len(mail.outbox) == 1


def test_a_look_goes_to_oneself_alone_and_once_for_each_version(
    alice: User, dora: Subscriber, draft: Draft
) -> None:
    edition = draft()
    for _double_click in range(2):
        actions.try_out(alice, edition)
    pipeline.drain()
    assert sent_to() == {"alice@example.com": 1}
    actions.try_out(alice, actions.edit(alice, edition, title="Better words"))
    pipeline.drain()
    assert sent_to() == {"alice@example.com": 2}
    assert standing_of(edition).state == "draft"


def test_only_the_staff_sends(bob: User, draft: Draft) -> None:
    for act in (actions.send, actions.try_out, actions.pause, actions.resume, actions.stop):
        with pytest.raises(PermissionDenied):
            act(bob, draft())


def test_one_whose_event_was_lost_is_found(alice: User, dora: Subscriber, draft: Draft) -> None:
    actions.send(alice, draft(), at=timezone.now() - timedelta(minutes=1))
    Event.objects.all().delete()
    assert reconciler.heal() == 1
    pipeline.drain()
    assert sent_to() == {"dora@example.com": 1}


def test_what_became_of_it_is_known_when_its_copies_are_not_kept_any_more(
    alice: User, dora: Subscriber, draft: Draft
) -> None:
    edition = actions.send(alice, draft())
    TIDY.work(JobRun(), no_rest)
    assert Edition.objects.get().tally is None, "it is on its way"
    pipeline.drain()
    TIDY.work(JobRun(), no_rest)
    Delivery.objects.all().delete()
    Event.objects.all().delete()
    standing = standing_of(Edition.objects.get(pk=edition.pk))
    assert (standing.state, standing.sent) == ("sent", 1)


@pytest.mark.parametrize("count", [1, 20])
def test_a_chunk_and_a_count_take_as_many_queries_for_one_as_for_twenty(
    alice: User, draft: Draft, count: int, count_queries: Any
) -> None:
    for number in range(count):
        subscribed(f"reader{number}@example.com")
    edition = draft()
    assert count_queries(lambda: reach_of(edition)) == 1
    actions.send(alice, edition)
    with translation.override("en"):
        assert count_queries(pipeline.expand_next) == 10


def test_it_is_explained_and_its_reader_s_quiet_hours_hold(
    alice: User, bob: User, dora: Subscriber, draft: Draft
) -> None:
    now = timezone.now()
    hours = {"starts": (now - timedelta(hours=1)).time(), "ends": (now + timedelta(hours=1)).time()}
    QuietHours.objects.create(user=bob, is_on=True, **hours)
    actions.send(alice, draft())
    pipeline.drain()
    assert sent_to() == {"dora@example.com": 1}
    event = Event.objects.get(kind="NEWSLETTER")
    told = [text for _about, text in sentences(event, reach(event, bob))]
    assert "No: it goes to addresses by mail, and is in no inbox." in told
    assert "The mail is in this state: waiting." in told
    assert reach(event, alice).by_mail == ByMail.NO_COPY
    QuietHours.objects.update(is_on=False)
    Delivery.objects.filter(state="pending").update(due_at=now)
    pipeline.drain()
    assert sent_to()["bob@example.com"] == 1


def test_a_look_does_not_wait_for_a_summary_of_other_mails(
    alice: User, bob: User, post: Post, draft: Draft, settings: Settings
) -> None:
    settings.NOTIFICATION_EMAIL_DELAY_SECONDS = 300
    react(bob, post)
    pipeline.drain()
    Delivery.objects.filter(state="pending").update(due_at=timezone.now())
    pipeline.drain()
    actions.try_out(alice, draft())
    pipeline.drain()
    assert sent_to() == {"alice@example.com": 2}
