"""From a draft to the inboxes: whom it is for, when, once; and how it ends."""

import os
import signal
from datetime import time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections
from django.utils import timezone

from accounts.models import User
from announcements import actions
from announcements.audience import people_of
from announcements.kind import ANNOUNCED
from announcements.models import Announcement, Audience
from announcements.standing import State, standing_of
from community.actions import groups
from community.models import Group
from notifications import crash_points
from notifications.models import (
    Delivery,
    Event,
    Notification,
    NotificationPreference,
    QuietHours,
    Suppression,
)
from notifications.outbox import pipeline, reconciler
from notifications.outgoing.recheck import fact_of
from notifications.service import event_of
from notifications.steering.reaching import reach_of
from notifications.upkeep.audit import audit

from .conftest import Draft

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
HOUR = timedelta(hours=1)


def inboxes() -> set[str]:
    return set(Notification.objects.filter(kind="ANNOUNCEMENT").values_list("recipient__username", flat=True))


def later(announcement: Announcement, **moments: Any) -> None:
    """Let time pass: the announcement and its event as they were made long before."""
    Announcement.objects.filter(pk=announcement.pk).update(**moments)
    if "expires_at" in moments:
        Event.objects.filter(kind="ANNOUNCEMENT").update(withdraw_at=moments["expires_at"])
    if "starts_at" in moments:
        Event.objects.filter(kind="ANNOUNCEMENT").update(run_at=moments["starts_at"])


@pytest.mark.parametrize("audience", list(Audience))
def test_one_audience_whoever_asks(
    audience: Audience, draft: Draft, alice: User, bob: User, chloe: User, group: Group, make_user: Any
) -> None:
    """As a whole, of several people, and for each of them."""
    helper, _gone = make_user("helper", is_staff=True), make_user("gone", is_active=False, is_staff=True)
    groups.create_group(helper, "Choir")
    announcement = draft(audience=audience, group=group)
    expected = {
        Audience.EVERYBODY: {bob, chloe, helper},
        Audience.GROUP: {bob},
        Audience.CARETAKERS: {helper},
        Audience.STAFF: {helper},
    }[audience]
    assert {row.pk for row in people_of(announcement)} == {person.pk for person in expected}

    announcement = actions.send(alice, announcement)
    event = event_of(ANNOUNCED, announcement)
    for person in User.objects.exclude(pk=alice.pk):
        event.pk = person.pk
        refused = ANNOUNCED.refusals([fact_of(event, person.pk)])
        assert bool(refused) == (person not in expected)
        visible = Announcement.objects.visible_to(person).exists()
        assert visible == (person in expected)
    assert Announcement.objects.visible_to(alice).exists()


def test_everybody_finds_it_and_who_wants_mail_is_mailed(draft: Draft, alice: User, chloe: User) -> None:
    NotificationPreference.objects.create(user=chloe, notification_type="community", email_enabled=False)
    announcement = draft(by_mail=True, link="/groups/")
    reach = reach_of(ANNOUNCED, announcement)
    assert (reach.people, reach.in_app, reach.mail_now, reach.mail_off) == (2, 2, 1, 1)

    actions.send(alice, announcement)
    pipeline.drain()
    assert inboxes() == {"bob", "chloe"}
    [message] = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert message.subject == "No water on Friday"
    assert "From **nine** to noon." in message.body
    assert "http://localhost:8000/groups/" in message.body
    assert "<strong>nine</strong>" in html
    assert 'href="http://localhost:8000/groups/"' in html
    assert standing_of(announcement).told == 2


def test_the_preview_knows_for_whom_it_will_be_quiet(draft: Draft, bob: User, chloe: User) -> None:
    """At the time when it is told, which may be another than now."""
    noon = (timezone.now() + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    for person in (bob, chloe):
        QuietHours.objects.create(user=person, is_on=True, starts=time(11), ends=time(13))
    NotificationPreference.objects.create(user=chloe, notification_type="community", email_enabled=False)
    reach = reach_of(ANNOUNCED, draft(by_mail=True, scheduled_at=noon))
    assert (reach.mail_now, reach.held, reach.mail_off) == (0, 1, 1)


def test_the_preview_leaves_out_addresses_that_mail_comes_back_from(
    draft: Draft, bob: User, chloe: User
) -> None:
    dora = User.objects.create_user("dora", "dora@example.com", "x", name="Dora")
    QuietHours.objects.create(user=chloe, is_on=True, starts=time(0), ends=time(23, 59))
    NotificationPreference.objects.create(user=dora, notification_type="community", email_frequency="daily")
    announcement = draft(by_mail=True)
    before = reach_of(ANNOUNCED, announcement)
    assert (before.mail_now, before.held, before.mail_later, before.stopped) == (1, 1, 1, 0)
    for person in (bob, chloe, dora):
        person.email = person.email.title()
        person.save()
        Suppression.objects.create(address=person.email.lower(), stops=Suppression.Stops.BOUNCED)
    reach = reach_of(ANNOUNCED, announcement)
    assert (reach.mail_now, reach.held, reach.mail_later, reach.stopped) == (0, 0, 0, 3)
    assert (reach.people, reach.in_app, reach.unreached, reach.mail_off) == (3, 3, 0, 0)


def test_pressed_twice_it_is_told_once(draft: Draft, alice: User) -> None:
    announcement = draft(by_mail=True)
    for _ in range(2):
        actions.send(alice, announcement)
        pipeline.drain()

    assert Event.objects.filter(kind="ANNOUNCEMENT").count() == 1
    assert Notification.objects.filter(kind="ANNOUNCEMENT").count() == len(mail.outbox) == 2


def test_what_was_changed_meanwhile_is_looked_at_again(draft: Draft, alice: User) -> None:
    announcement = draft()
    actions.edit(alice, announcement, title="No water on Monday")
    with pytest.raises(ValidationError):
        actions.send(alice, announcement, seen=announcement.edited_at)
    assert not Event.objects.filter(kind="ANNOUNCEMENT").exists()


def test_only_staff_announces(draft: Draft, bob: User) -> None:
    announcement = draft()
    for act in (actions.edit, actions.send, actions.stop, actions.delete_draft):
        with pytest.raises(PermissionDenied):
            act(bob, announcement)


def test_it_waits_for_its_time_and_can_be_changed_until_then(draft: Draft, alice: User) -> None:
    announcement = actions.send(alice, draft(scheduled_at=timezone.now() + HOUR))
    pipeline.drain()
    assert inboxes() == set()
    assert standing_of(announcement).state == State.SCHEDULED

    announcement = actions.edit(alice, announcement, title="No water on Monday")
    assert standing_of(announcement).state == State.DRAFT
    assert not Event.objects.filter(kind="ANNOUNCEMENT").exists()
    actions.send(alice, announcement)
    later(announcement, starts_at=timezone.now())
    pipeline.drain()

    assert inboxes() == {"bob", "chloe"}
    row = Notification.objects.filter(kind="ANNOUNCEMENT").first()
    assert row is not None
    assert row.created_at > timezone.now(), "it is as old as the hour it was meant for"
    with pytest.raises(ValidationError):
        actions.edit(alice, announcement, title="Too late")


def test_an_event_that_is_lost_is_written_again_for_its_time(draft: Draft, alice: User) -> None:
    announcement = actions.send(alice, draft(scheduled_at=timezone.now() + HOUR))
    Event.objects.all().delete()
    later(announcement, confirmed_at=timezone.now() - timedelta(minutes=1))
    assert reconciler.heal() == 1
    pipeline.drain()
    assert inboxes() == set()


def test_stopped_before_its_time_it_is_a_draft(draft: Draft, alice: User) -> None:
    announcement = actions.send(alice, draft(scheduled_at=timezone.now() + HOUR))
    assert standing_of(actions.stop(alice, announcement)).state == State.DRAFT


def test_stopped_on_its_way_it_says_how_far_it_came(
    draft: Draft, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.outbox.audience.expand_chunk.__kwdefaults__", {"chunk": 1})
    announcement = actions.send(alice, draft(by_mail=True))
    pipeline.expand_next()
    stopped = actions.stop(alice, announcement)
    pipeline.drain()

    standing = standing_of(stopped)
    assert (standing.state, standing.told) == (State.STOPPED, 1)
    assert inboxes() == set()
    assert mail.outbox == []
    assert Delivery.objects.get().reason == Delivery.Reason.STOPPED
    assert [check.promise for check, count in audit() if count] == []


def test_when_it_is_over_it_goes_from_where_it_is_unread(told: Draft, bob: User) -> None:
    announcement = told(expires_at=timezone.now() + HOUR)
    Notification.objects.filter(recipient=bob).update(read_at=timezone.now())
    later(announcement, expires_at=timezone.now())
    pipeline.drain()

    assert inboxes() == {"bob"}
    assert standing_of(Announcement.objects.get()).state == State.OVER


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"content": "x" * 20_001}, "content"),
        ({"audience": "group"}, "group"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "//elsewhere.example"}, "link"),
        ({"expires_at": timezone.now() - HOUR}, "expires_at"),
        ({"scheduled_at": timezone.now() + 2 * HOUR, "expires_at": timezone.now() + HOUR}, "expires_at"),
        ({"scheduled_at": timezone.now() + timedelta(days=4000)}, "scheduled_at"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(
    draft: Draft, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        draft(**fields)
    assert set(refused.value.message_dict) == {field}


def test_a_private_group_that_one_is_not_in_cannot_be_addressed(alice: User, bob: User, draft: Draft) -> None:
    theirs = groups.create_group(bob, "Closed", is_private=True)
    with pytest.raises(ValidationError):
        draft(audience="group", group=theirs)


def test_who_leaves_the_group_has_it_no_more(
    told: Draft, bob: User, group: Group, for_the_group: dict[str, Any]
) -> None:
    told(**for_the_group)
    assert inboxes() == {"bob"}
    groups.leave_group(bob, group)
    assert inboxes() == set()


def test_it_goes_with_its_group(told: Draft, group: Group, for_the_group: dict[str, Any]) -> None:
    told(**for_the_group)
    groups.remove_group(group)
    assert inboxes() == set()
    assert [check.promise for check, count in audit() if count] == []


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_loses_and_doubles_nothing(
    draft: Draft, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.outbox.audience.expand_chunk.__kwdefaults__", {"chunk": 1})
    actions.send(alice, draft(by_mail=True))
    pipeline.expand_next()
    connections.close_all()  # a child must not share our connection
    pid = os.fork()
    if pid == 0:
        crash_points.arm("in the middle of a chunk")
        pipeline.expand_next()
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    pipeline.drain()

    assert Notification.objects.filter(kind="ANNOUNCEMENT").count() == 2
    assert sorted(message.to for message in mail.outbox) == [["bob@example.com"], ["chloe@example.com"]]
