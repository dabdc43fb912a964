"""What was put to sleep comes back: unread, on top, once, and only if it may still be seen."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from community.models import Group, GroupMembership, Post
from notifications.inbox import actions as inbox
from notifications.inbox.states import Deed
from notifications.inbox.waking import wake_due
from notifications.models import Event, Notification

from .scenes import a_like as a_row
from .test_audit import broken
from .test_inbox_deeds import again, newer_than

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOW = timezone.now()
HOUR = timedelta(hours=1)


def a_post(*args: Any, kind: str = "GROUP_POST", **fields: Any) -> Notification:
    """Of a kind that asks for no like to be there."""
    return a_row(*args, kind=kind, **fields)


def put_to_sleep(user: User, *rows: Notification, until: datetime = NOW + HOUR) -> None:
    inbox.do(user, [row.pk for row in rows], Deed.SNOOZE, until=until)


def test_it_comes_back_unread_new_and_on_top(alice: User, bob: User, post: Post) -> None:
    newest, older = (a_post(alice, bob, post, at=NOW - n * HOUR, number=n) for n in (1, 2))
    inbox.mark_seen([older])
    put_to_sleep(alice, inbox.mark_read(older))
    assert list(Notification.objects.of(alice).shown()) == [newest]

    assert wake_due(NOW) == 0, "not yet"
    assert wake_due(NOW + HOUR) == 1
    row = again(older)
    assert (row.read_at, row.seen_at, row.snoozed_until, row.created_at) == (None, None, None, NOW + HOUR)
    assert list(Notification.objects.of(alice).shown().newest_first()) == [row, newest]
    assert row.revision > older.revision, "open streams tell it as news"
    assert wake_due(NOW + HOUR) == 0


def test_what_a_page_had_before_it_came_back_does_not_mark_it_read(
    alice: User, bob: User, post: Post
) -> None:
    row = a_post(alice, bob, post, at=NOW - HOUR)
    put_to_sleep(alice, row)
    wake_due(NOW + HOUR)
    inbox.mark_all_read(alice, until=NOW)
    assert not again(row).is_read


def test_it_stays_read_where_newer_news_of_the_same_are_unread(alice: User, bob: User, post: Post) -> None:
    row = inbox.mark_read(a_post(alice, bob, post))
    newer = newer_than(row)
    put_to_sleep(alice, row)
    wake_due(NOW + HOUR)
    assert (again(row).is_read, again(row).snoozed_until) == (True, None)
    assert not again(newer).is_read


def test_of_two_of_one_thing_one_comes_back_unread(alice: User, bob: User, post: Post) -> None:
    first = inbox.mark_read(a_post(alice, bob, post, at=NOW - HOUR))
    second = inbox.mark_read(newer_than(first))
    Notification.objects.filter(pk__in=(first.pk, second.pk)).update(snoozed_until=NOW)
    assert wake_due(NOW) == 2
    assert (again(first).is_read, again(second).is_read) == (True, False)


@pytest.mark.parametrize("deed", [Deed.DONE, Deed.DELETE])
def test_what_was_put_away_meanwhile_stays_away(deed: Deed, alice: User, bob: User, post: Post) -> None:
    row = a_post(alice, bob, post)
    put_to_sleep(alice, row)
    inbox.do(alice, [row.pk], deed)
    wake_due(NOW + HOUR)
    assert again(row).snoozed_until is None
    assert not Notification.objects.of(alice).shown().exists()


def test_what_may_not_be_seen_any_more_does_not_ring(
    alice: User, bob: User, group: Group, private_post: Post
) -> None:
    row = a_post(bob, alice, private_post)
    Event.objects.filter(pk=row.event_id).update(kind="MENTION", object_id=0)
    Notification.objects.filter(pk=row.pk).update(kind="MENTION", object_id=0)
    put_to_sleep(bob, row)
    GroupMembership.objects.filter(group=group, user=bob)._raw_delete("default")  # past all that listens
    wake_due(NOW + HOUR)
    assert not Notification.objects.filter(pk=row.pk).exists()
    assert Event.objects.get(pk=row.event_id).outcome == Event.Outcome.HIDDEN


def test_many_come_back_in_small_transactions(alice: User, bob: User, post: Post) -> None:
    rows = [a_post(alice, bob, post, number=n) for n in range(5)]
    put_to_sleep(alice, *rows)
    assert wake_due(NOW + HOUR, batch=2) == 5
    assert Notification.objects.of(alice).unread().count() == 5


def test_the_audit_sees_what_has_overslept(alice: User, bob: User, post: Post) -> None:
    row = a_post(alice, bob, post)
    Notification.objects.filter(pk=row.pk).update(snoozed_until=NOW - HOUR)
    assert broken() == {"overslept_rows": 1}
    wake_due()
    assert broken() == {}
