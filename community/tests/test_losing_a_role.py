"""Who looks after a group no more is told no more of what only its caretakers are told."""

import pytest
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.engagement import JOINED_GROUP
from community.models import Group, GroupMembership
from conftest import MakeUser
from notifications.models import Delivery, Event, Notification
from notifications.outbox import pipeline
from notifications.rendering import render
from notifications.upkeep.audit import audit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def nothing_runs_by_itself(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"


@pytest.fixture
def bobs(group: Group, alice: User, bob: User) -> GroupMembership:
    """Bob is a moderator of the private group."""
    return actions.set_role(alice, group.memberships.get(user=bob), "moderator")


def expand() -> None:
    while pipeline.expand_next():
        pass


def test_who_asks_to_join_leaves_the_inbox_with_the_role(
    group: Group, bobs: GroupMembership, alice: User, bob: User, chloe: User, make_user: MakeUser
) -> None:
    pipeline.drain()
    actions.join_group(chloe, group)
    expand()
    actions.join_group(make_user("dora"), group)  # on its way to him
    actions.set_role(alice, bobs, "member")
    expand()

    assert not Notification.objects.of(bob).filter(kind="GROUP_JOIN").exists()
    assert Notification.objects.of(alice).get(kind="GROUP_JOIN").actors_count == 3
    ended = Event.objects.filter(kind="GROUP_JOIN", recipient=bob)
    assert sorted(ended.values_list("state", "outcome")) == [("done", "hidden"), ("retracted", "hidden")]
    assert Delivery.objects.get(event_id__in=ended.values("pk")).reason == "hidden"
    assert [check.promise for check, count in audit() if count] == []


def test_what_was_read_stays_as_something_that_is_no_longer_there(
    group: Group, bobs: GroupMembership, alice: User, bob: User, chloe: User
) -> None:
    actions.join_group(chloe, group)
    expand()
    row = Notification.objects.of(bob).get(kind="GROUP_JOIN")
    Notification.objects.update(read_at=row.created_at)
    actions.set_role(alice, bobs, "member")

    [shown] = render([row], bob)
    assert shown.content is None
    assert JOINED_GROUP.contents_for_each([row]) == {}


def test_who_hands_the_group_on_still_looks_after_it(
    group: Group, bobs: GroupMembership, alice: User, chloe: User
) -> None:
    actions.join_group(chloe, group)
    expand()
    actions.set_role(alice, bobs, "owner")
    assert Notification.objects.of(alice).filter(kind="GROUP_JOIN").exists()
