"""Why something did, or did not, reach somebody."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.inbox import actions as inbox
from notifications.inbox.states import Deed
from notifications.models import Category, Delivery, Event, Notification, NotificationPreference
from notifications.upkeep.explain import (
    ByMail,
    InApp,
    find_person,
    reach,
)
from notifications.upkeep.timeline import counts_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def of(kind: str) -> Event:
    return Event.objects.get(kind=kind)


def test_it_is_there_read_asleep_done_or_deleted(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    assert reach(of("LIKE"), alice).in_app == InApp.UNREAD
    row = inbox.mark_read(Notification.objects.get())
    assert reach(of("LIKE"), alice).in_app == InApp.READ
    later = timezone.now() + timedelta(days=1)
    for deed, standing in (
        (Deed.SAVE, InApp.READ), (Deed.SNOOZE, InApp.ASLEEP), (Deed.DONE, InApp.DONE),
        (Deed.DELETE, InApp.DELETED),
    ):  # fmt: skip
        inbox.do(row.recipient, [row.pk], deed, until=later)
        assert reach(of("LIKE"), alice).in_app == standing
    Notification.objects.all().delete()
    assert reach(of("LIKE"), alice).in_app == InApp.NOT_KEPT


def test_a_mail_is_found_with_its_attempts(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    told = reach(of("LIKE"), alice)
    assert told.by_mail == ByMail.DELIVERY
    assert told.delivery == Delivery.objects.get()
    assert [attempt.outcome for attempt in told.delivery.tries.all()] == ["sent"]


def test_a_folded_mail_says_why(post: Post, alice: User, bob: User, chloe: User) -> None:
    actions.react(bob, post)
    actions.react(chloe, post)
    event = Event.objects.latest("pk")
    assert reach(event, alice).by_mail == ByMail.DECIDED
    assert event.mail == Event.Mail.FOLDED


def test_a_kind_without_mail(post: Post, alice: User, bob: User) -> None:
    actions.bookmark(bob, post)
    assert reach(of("BOOKMARK"), alice).by_mail == ByMail.NO_MAIL_KIND


def test_ones_own_act_and_what_is_for_another(post: Post, bob: User, chloe: User) -> None:
    actions.react(bob, post)
    assert reach(of("LIKE"), bob).in_app == InApp.OWN_ACT
    assert reach(of("LIKE"), chloe).in_app == InApp.FOR_ANOTHER


def test_what_waits_and_what_ended(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    Notification.objects.all().delete()
    Event.objects.update(state=Event.State.PENDING, notification_id=None)
    assert reach(of("LIKE"), alice).in_app == InApp.WAITING
    Event.objects.update(state=Event.State.DEAD, outcome=Event.Outcome.CRASHED)
    assert reach(of("LIKE"), alice).in_app == InApp.ENDED


def test_a_stronger_reason_told_the_same(post: Post, alice: User, bob: User, chloe: User) -> None:
    comment = actions.comment(chloe, post, "Any left?")
    actions.comment(bob, post, "@alice will know.", parent=comment)
    reply = of("REPLY")
    told = reach(reply, alice)
    assert (told.in_app, told.elsewhere) == (InApp.ELSEWHERE, of("MENTION"))


def test_of_an_audience_each_has_a_reason(group: Group, alice: User, bob: User, make_user: Any) -> None:
    quiet, late, gone = make_user("quiet"), make_user("late"), make_user("gone")
    for person in (quiet, gone):
        actions.accept_request(alice, actions.join_group(person, group))
    NotificationPreference.objects.create(
        user=quiet, notification_type=Category.COMMUNITY, in_app_enabled=False
    )
    actions.create_post(alice, "Between us.", group=group)
    event = of("GROUP_POST")
    assert reach(event, bob).in_app == InApp.UNREAD
    assert reach(event, alice).in_app == InApp.OWN_ACT
    assert reach(event, quiet).in_app == InApp.OPTED_OUT
    assert reach(event, late).in_app == InApp.NOT_IN_AUDIENCE
    actions.accept_request(alice, actions.join_group(late, group))
    assert reach(event, late).in_app == InApp.CAME_LATER
    gone.is_active = False
    Notification.objects.filter(recipient=gone).delete()
    assert reach(event, gone).in_app == InApp.INACTIVE


def test_who_left_a_private_group_would_not_be_told_now(group: Group, alice: User, bob: User) -> None:
    actions.create_post(alice, "Ask @bob.", group=group)
    assert reach(of("MENTION"), bob).now_refused is None
    actions.leave_group(bob, group)
    told = reach(of("MENTION"), bob)
    assert (told.in_app, told.now_refused) == (InApp.ENDED, Event.Outcome.HIDDEN)


def test_a_person_is_found_by_username_or_address(alice: User) -> None:
    assert find_person("Alice") == find_person("ALICE@example.com") == alice
    assert find_person("") is find_person("al") is None


def test_a_kind_of_another_version_still_has_a_story(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    Event.objects.update(kind="FUTURE")
    assert counts_of(of("FUTURE")) == (1, 1)
    assert reach(of("FUTURE"), alice).in_app == InApp.UNREAD
