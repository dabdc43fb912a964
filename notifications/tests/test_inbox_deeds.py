"""What people do with rows of their inbox, as it is stored: exact, in one write, and never with another's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.inbox import actions as inbox
from notifications.inbox.states import Deed, state_of
from notifications.models import Event, Notification

from .scenes import a_like, likes

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Count = Callable[[Callable[[], object]], int]
TOMORROW = timezone.now() + timedelta(days=1)


def again(row: Notification) -> Notification:
    return Notification.objects.get(pk=row.pk)


def newer_than(row: Notification) -> Notification:
    """What happened next, after `row` was read."""
    return Notification.objects.create(
        recipient_id=row.recipient_id, event_id=0, kind=row.kind, group_key=row.group_key,
        target_type="post", target_id=row.target_id, object_id=0,
    )  # fmt: skip


@pytest.mark.parametrize("deed", Deed)
def test_undoing_restores_exactly_what_was(deed: Deed, alice: User, bob: User, post: Post) -> None:
    rows = likes(alice, bob, post, 3)
    inbox.do(alice, [rows[0].pk], Deed.READ)
    inbox.do(alice, [rows[1].pk], Deed.DONE, Deed.SAVE)
    before = [state_of(again(row)) for row in rows]
    done = inbox.do(alice, [row.pk for row in rows], deed, until=TOMORROW)
    inbox.undo(alice, done.changes)
    assert [state_of(again(row)) for row in rows] == before


def test_undoing_twice_or_too_late_harms_nothing(alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    done = inbox.do(alice, [row.pk], Deed.DONE)
    inbox.undo(alice, done.changes)
    inbox.do(alice, [row.pk], Deed.DONE)
    assert inbox.undo(alice, done.changes).changes == []
    assert again(row).done_at


@pytest.mark.parametrize("deed", Deed)
def test_foreign_rows_are_never_touched(deed: Deed, alice: User, bob: User, chloe: User, post: Post) -> None:
    theirs, mine = a_like(alice, bob, post, number=1), a_like(chloe, bob, post, number=2)
    done = inbox.do(chloe, [theirs.pk, mine.pk], deed, until=TOMORROW)
    assert [row.pk for row in done.rows] == [mine.pk]
    inbox.undo(bob, done.changes)
    assert state_of(again(theirs)) == state_of(theirs)


@pytest.mark.parametrize("count", [1, 12])
def test_many_take_as_many_statements_as_one(
    count: int, alice: User, bob: User, post: Post, count_queries: Count
) -> None:
    ids = [row.pk for row in likes(alice, bob, post, count)]
    statements = count_queries(lambda: inbox.do(alice, ids, Deed.DONE, Deed.SAVE))
    assert statements - 2 == 2, "a look and a write, in a savepoint"


@pytest.mark.parametrize("deed", [Deed.UNREAD, Deed.SNOOZE])
def test_only_one_row_of_a_thing_is_unread(deed: Deed, alice: User, bob: User, post: Post) -> None:
    row = inbox.mark_read(a_like(alice, bob, post))
    newer = newer_than(row)
    done = inbox.do(alice, [row.pk], deed, until=TOMORROW)
    assert done.stayed_read == 1
    assert again(row).read_at == row.read_at
    assert not again(newer).is_read


def test_of_two_read_rows_of_a_thing_the_newer_is_opened(alice: User, bob: User, post: Post) -> None:
    first = inbox.mark_read(a_like(alice, bob, post, at=timezone.now() - timedelta(hours=1)))
    second = inbox.mark_read(newer_than(first))
    done = inbox.do(alice, [first.pk, second.pk], Deed.UNREAD)
    assert (again(first).is_read, again(second).is_read, done.stayed_read) == (True, False, 1)


def test_what_was_deleted_comes_back_read_where_there_is_newer_news(
    alice: User, bob: User, post: Post
) -> None:
    row = a_like(alice, bob, post)
    done = inbox.do(alice, [row.pk], Deed.DELETE)
    newer_than(row)
    inbox.undo(alice, done.changes)
    assert (again(row).deleted_at, again(row).is_read) == (None, True)


def test_where_news_come_between_the_look_and_the_write_it_looks_again(
    alice: User, bob: User, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = inbox.mark_read(a_like(alice, bob, post))
    store = inbox._store
    looks: list[inbox.Done] = []

    def clash_once(done: inbox.Done) -> None:
        looks.append(done)
        if len(looks) == 1:
            raise IntegrityError
        store(done)

    monkeypatch.setattr(inbox, "_store", clash_once)
    inbox.do(alice, [row.pk], Deed.UNREAD)
    assert len(looks) == 2
    assert not again(row).is_read


def test_marking_all_keeps_to_the_rows_in_sight(alice: User, bob: User, post: Post) -> None:
    like, comment = a_like(alice, bob, post, number=1), a_like(alice, bob, post, number=2, kind="COMMENT")
    asleep = a_like(alice, bob, post, number=3)
    inbox.do(alice, [asleep.pk], Deed.SNOOZE, until=TOMORROW)
    likes_only = Notification.objects.of(alice).filter(kind="LIKE")
    assert inbox.mark_all_read(alice, among=likes_only)[0] == 1
    assert (again(like).is_read, again(comment).is_read, again(asleep).is_read) == (True, False, False)


def test_what_is_seen_is_written_once_and_changes_nothing_else(
    alice: User, bob: User, post: Post, count_queries: Count
) -> None:
    rows = likes(alice, bob, post, 3)
    inbox.mark_seen(rows)
    first = [again(row).seen_at for row in rows]
    assert all(first)
    assert not again(rows[0]).is_read
    seen = [again(row) for row in rows]
    assert count_queries(lambda: inbox.mark_seen(seen)) == 0
    assert [again(row).seen_at for row in rows] == first


@pytest.mark.django_db(transaction=True)
def test_what_happens_folds_into_a_row_that_sleeps_and_does_not_wake_it(
    alice: User, bob: User, chloe: User, post: Post
) -> None:
    actions.react(bob, post)
    row = inbox.mark_read(Notification.objects.of(alice).get())
    inbox.do(alice, [row.pk], Deed.SNOOZE, until=TOMORROW)
    actions.react(chloe, post)
    folded = Notification.objects.of(alice).get()
    assert (folded.pk, folded.actors_count, folded.snoozed_until) == (row.pk, 2, TOMORROW)
    assert Notification.objects.unread_count_capped(alice) == 0


@pytest.mark.django_db(transaction=True)
def test_news_make_a_row_unseen_again(alice: User, bob: User, chloe: User, post: Post) -> None:
    actions.react(bob, post)
    inbox.mark_seen([Notification.objects.of(alice).get()])
    actions.react(chloe, post)
    assert Notification.objects.of(alice).get().seen_at is None


@pytest.mark.django_db(transaction=True)
def test_visiting_the_thing_leaves_what_sleeps_to_its_time(alice: User, bob: User, post: Post) -> None:
    actions.react(bob, post)
    row = Notification.objects.of(alice).get()
    inbox.do(alice, [row.pk], Deed.SNOOZE, until=TOMORROW)
    assert inbox.mark_thing_read(alice, "post", post.pk) == 0
    assert (again(row).is_read, again(row).snoozed_until) == (False, TOMORROW)


@pytest.mark.django_db(transaction=True)
def test_whoever_leaves_a_private_group_loses_what_sleeps_too(
    alice: User, bob: User, group: Group, private_post: Post
) -> None:
    actions.comment(alice, private_post, "Come at eight, @bob.")
    row = Notification.objects.of(bob).get(kind="MENTION")
    inbox.do(bob, [row.pk], Deed.SNOOZE, until=TOMORROW)
    actions.leave_group(bob, group)
    assert not Notification.objects.filter(pk=row.pk).exists()
    assert Event.objects.get(pk=row.event_id).state == Event.State.RETRACTED
