"""News of an audience that is stopped, or over: what is unread goes, what waits is not mailed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.engagement import POSTED_IN_GROUP
from community.models import Group, GroupMembership
from notifications.inbox import actions as inbox
from notifications.models import Delivery, Event, Notification
from notifications.outbox import pipeline, stopping
from notifications.outbox.audience import expand_chunk
from notifications.outgoing.sending import Lane
from notifications.service import NotificationService
from notifications.transactions import acting, dispatching
from notifications.upkeep import operations
from notifications.upkeep.audit import audit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MEMBERS = 8


@pytest.fixture
def event(alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Event:
    """A post in a group of eight, told to four of them, mailed to none yet."""
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain
    monkeypatch.setattr(type(POSTED_IN_GROUP), "mailed_by_default", True)
    monkeypatch.setattr(stopping, "_batch", lambda: 2)
    group = actions.create_group(alice, "Everybody")
    users = User.objects.bulk_create(
        User(username=f"m{n}", name=f"M {n}", email=f"m{n}@example.com") for n in range(MEMBERS)
    )
    GroupMembership.objects.bulk_create([GroupMembership(group=group, user=user) for user in users])
    actions.create_post(alice, "Hello all", group=Group.objects.get())
    event = Event.objects.get(kind="GROUP_POST")
    with dispatching():
        expand_chunk(event.pk, chunk=4)
    return event


def stop(event: Event) -> None:
    with acting():
        NotificationService.stop(Event.objects.filter(pk=event.pk))


def end(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(withdraw_at=timezone.now())


def left() -> set[str]:
    return set(Notification.objects.filter(kind="GROUP_POST").values_list("recipient__username", flat=True))


@pytest.mark.parametrize(("how", "word"), [(stop, "stopped"), (end, "expired")])
def test_nobody_more_is_told_and_what_is_unread_goes(event: Event, how: Any, word: str) -> None:
    inbox.mark_all_read(User.objects.get(username="m0"))
    how(event)
    pipeline.drain()

    event.refresh_from_db()
    assert (event.state, event.outcome, event.told, event.withdraw_at) == ("done", word, 4, None)
    assert left() == {"m0"}
    assert mail.outbox == []
    assert set(Delivery.objects.values_list("reason", flat=True)) == {word}
    assert [check.promise for check, count in audit() if count] == []


@pytest.mark.parametrize(("how", "word"), [(stop, "stopped"), (end, "expired")])
def test_a_mail_at_hand_is_kept_back_before_the_withdrawal(event: Event, how: Any, word: str) -> None:
    how(event)
    with Lane("") as lane:
        while lane.send_next():
            pass
    assert mail.outbox == []
    assert set(Delivery.objects.values_list("reason", flat=True)) == {word}


def test_what_was_saved_survives_its_time_and_not_its_stop(event: Event) -> None:
    Notification.objects.filter(recipient__username="m1").update(saved_at=timezone.now())
    end(event)
    pipeline.drain()
    assert left() == {"m1"}


def test_it_is_left_half_withdrawn_and_goes_on(event: Event) -> None:
    stop(event)
    assert stopping.withdraw_next()
    assert len(left()) == 2
    pipeline.drain()
    assert left() == set()


def test_what_is_stopped_is_not_begun_again_by_hand(event: Event) -> None:
    stop(event)
    pipeline.drain()
    assert operations.requeue_events(Event.objects.filter(pk=event.pk)).changed == 0


def test_only_what_has_not_begun_can_be_called_off(event: Event, alice: User) -> None:
    with acting():
        assert not NotificationService.call_off(Event.objects.filter(pk=event.pk))
    actions.create_post(alice, "And more", group=Group.objects.get())
    later = Event.objects.filter(kind="GROUP_POST").exclude(pk=event.pk)
    later.update(run_at=timezone.now() + timedelta(hours=1))
    with acting():
        assert NotificationService.call_off(later)
    assert Event.objects.get(kind="GROUP_POST") == event


def test_the_audit_sees_what_nobody_withdraws(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(
        state="done", outcome="expanded", withdraw_at=timezone.now() - timedelta(minutes=6)
    )
    assert {check.broken.__name__ for check, count in audit() if count} == {"overdue_withdrawals"}
