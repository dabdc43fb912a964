"""What an operator does by hand changes what should change, and nothing that is in hand or done."""

import pytest
from django.core import mail

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.inbox import actions as inbox
from notifications.models import Delivery, Event, Notification
from notifications.upkeep import operations
from notifications.upkeep.audit import audit
from notifications.upkeep.operations import Done

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def requeue() -> Done:
    return operations.requeue_events(Event.objects.exclude(kind="LOGIN"))


@pytest.fixture
def like(post: Post, alice: User, bob: User) -> Event:
    actions.react(bob, post)
    mail.outbox.clear()
    return Event.objects.get()


def test_what_is_in_the_inbox_is_not_told_again(like: Event) -> None:
    assert requeue() == Done(changed=0, left=1)
    inbox.mark_read(Notification.objects.get())
    assert requeue() == Done(changed=0, left=1)
    assert Notification.objects.count() == 1
    assert mail.outbox == []


def test_what_was_undone_stays_undone(like: Event, post: Post, bob: User) -> None:
    actions.unreact(bob, post)
    assert requeue() == Done(changed=0, left=1)


def test_a_lost_row_is_made_again_and_the_mail_is_not(like: Event) -> None:
    Notification.objects.all().delete()
    assert requeue() == Done(changed=1, left=0)
    assert Notification.objects.get().event_id == like.pk
    assert mail.outbox == []
    assert [count for _check, count in audit() if count] == []


def test_an_audience_starts_over_and_nobody_is_told_twice(
    group: Group, private_post: Post, bob: User
) -> None:
    told = Notification.objects.filter(recipient=bob, kind="GROUP_POST")
    inbox.mark_read(told.get())
    events = Event.objects.filter(kind="GROUP_POST")
    events.update(state=Event.State.DEAD, cursor=10_000_000, crashes=3)
    assert operations.requeue_events(events) == Done(changed=1, left=0)
    assert events.get().outcome == Event.Outcome.EXPANDED
    assert told.count() == 1


@pytest.mark.parametrize("state", [state for state in Delivery.State if state != Delivery.State.SENDING])
def test_a_delivery_is_sent_again_with_the_same_id(state: Delivery.State, post: Post, bob: User) -> None:
    actions.react(bob, post)
    first = mail.outbox.pop()
    Delivery.objects.update(state=state, attempts=9, handovers=2)
    assert operations.requeue_deliveries(Delivery.objects.all()) == Done(changed=1, left=0)
    [second] = mail.outbox
    assert second.message()["Message-ID"] == first.message()["Message-ID"]
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.handovers) == (Delivery.State.SENT, 0, 1)


def test_what_is_being_sent_is_left_alone(like: Event) -> None:
    Delivery.objects.update(state=Delivery.State.SENDING)
    assert operations.requeue_deliveries(Delivery.objects.all()) == Done(changed=0, left=1)
    assert operations.discard_deliveries(Delivery.objects.all()) == Done(changed=0, left=1)


def test_the_last_look_before_sending_stays(like: Event) -> None:
    inbox.mark_read(Notification.objects.get())
    operations.requeue_deliveries(Delivery.objects.all())
    assert mail.outbox == []
    assert Delivery.objects.get().reason == Delivery.Reason.READ


@pytest.mark.parametrize("state", list(Delivery.State))
def test_only_what_waits_or_ended_badly_is_discarded(state: Delivery.State, like: Event) -> None:
    Delivery.objects.update(state=state)
    changed = state not in (Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.SKIPPED)
    assert operations.discard_deliveries(Delivery.objects.all()).changed == changed
    assert Delivery.objects.filter(reason=Delivery.Reason.DISCARDED).count() == changed


def test_discarding_a_told_event_stops_the_mail_that_waits(like: Event) -> None:
    Delivery.objects.update(state=Delivery.State.PENDING)
    assert operations.discard_events(Event.objects.all()) == Done(changed=0, left=1)
    assert Delivery.objects.get().reason == Delivery.Reason.DISCARDED
    assert Event.objects.get().outcome == Event.Outcome.NOTIFIED


def test_what_may_have_been_sent_is_counted_for_the_warning(like: Event) -> None:
    assert operations.may_repeat(Delivery.objects.all()) == 1
    Delivery.objects.update(state=Delivery.State.DEAD)
    assert operations.may_repeat(Delivery.objects.all()) == 0
