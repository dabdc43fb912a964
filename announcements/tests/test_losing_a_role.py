"""What was announced to a role leaves the inboxes of those who lose it, as far as it is unread."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from announcements.models import Announcement
from community import actions
from community.models import Group, GroupMembership
from notifications.models import Notification

from .conftest import Draft

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def inbox(user: User) -> list[str]:
    rows = Notification.objects.of(user).filter(kind="ANNOUNCEMENT")
    titles = Announcement.objects.in_bulk(rows.values_list("target_id", flat=True))
    return sorted(announcement.title for announcement in titles.values())


@pytest.fixture
def bobs(group: Group, alice: User, bob: User) -> GroupMembership:
    """Bob is a moderator of the private group."""
    return actions.set_role(alice, group.memberships.get(user=bob), "moderator")


def demote(alice: User, bobs: GroupMembership) -> None:
    actions.set_role(alice, bobs, "member")


def remove(alice: User, bobs: GroupMembership) -> None:
    actions.remove_member(alice, bobs)


@pytest.mark.parametrize("lose", [demote, remove])
def test_of_a_caretaker(
    told: Draft, alice: User, bob: User, bobs: GroupMembership, lose: Callable[[User, GroupMembership], None]
) -> None:
    told(audience="caretakers", title="For caretakers")
    told(title="For all")
    assert inbox(bob) == ["For all", "For caretakers"]
    lose(alice, bobs)
    assert inbox(bob) == ["For all"]


def test_who_still_looks_after_another_group_keeps_it(
    told: Draft, alice: User, bob: User, bobs: GroupMembership
) -> None:
    actions.create_group(bob, "Choir")
    told(audience="caretakers", title="For caretakers")
    remove(alice, bobs)
    assert inbox(bob) == ["For caretakers"]


def test_of_the_staff(told: Draft, bob: User) -> None:
    bob.is_staff = True
    bob.save()
    told(audience="staff", title="For the staff")
    told(audience="staff", title="Read already")
    Notification.objects.filter(target_id=Announcement.objects.latest("pk").pk).update(read_at=timezone.now())
    bob.save(update_fields=["name"])
    assert inbox(bob) == ["For the staff", "Read already"]
    bob.is_staff = False
    bob.save()
    assert inbox(bob) == ["Read already"]
