"""Open streams are told of a change when it is committed: once a transaction, and never of what is undone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.inbox import actions as inbox
from notifications.inbox.states import Deed
from notifications.inbox.waking import wake_due
from notifications.models import Notification
from notifications.realtime import bus, signals
from notifications.realtime.bus import Hint

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def heard() -> Iterator[list[Hint]]:
    hints: list[Hint] = []
    bus.current().listen(hints.append)
    yield hints
    bus.current().leave(hints.append)


def people(hints: list[Hint]) -> set[int]:
    return {pk for hint in hints for pk in hint.changed}


def test_one_hint_a_transaction(heard: list[Hint]) -> None:
    with transaction.atomic():
        signals.changed([1, 2])
        with transaction.atomic():
            signals.changed([3])
        signals.access_changed([4])
        assert heard == []

    assert heard == [Hint(changed=frozenset({1, 2, 3}), access=frozenset({4}))]


def test_what_is_undone_is_not_told(heard: list[Hint]) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - the failure comes after
            signals.changed([1])
            raise ZeroDivisionError
        signals.changed([2])
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - likewise
        signals.changed([3])
        raise ZeroDivisionError

    assert people(heard) == {2}


def test_a_listener_that_fails_harms_nobody(bob: User, post: Post) -> None:
    def fail(hint: Hint) -> None:
        raise RuntimeError

    bus.current().listen(fail)
    try:
        actions.react(bob, post)
    finally:
        bus.current().leave(fail)
    assert Notification.objects.filter(kind="LIKE").exists()


def test_news_and_their_withdrawal_are_told(heard: list[Hint], alice: User, bob: User, post: Post) -> None:
    actions.react(bob, post)
    assert alice.pk in people(heard)
    heard.clear()
    actions.unreact(bob, post)
    assert alice.pk in people(heard)


def test_so_is_what_a_person_does_in_the_inbox(heard: list[Hint], alice: User, bob: User, post: Post) -> None:
    actions.react(bob, post)
    row = Notification.objects.get(kind="LIKE")
    until = timezone.now() + timedelta(hours=1)
    for deed in (Deed.READ, Deed.UNREAD, Deed.SAVE, Deed.SNOOZE, Deed.WAKE, Deed.DONE, Deed.UNDONE):
        heard.clear()
        inbox.do(alice, [row.pk], deed, until=until)
        assert people(heard) == {alice.pk}, deed
    heard.clear()
    inbox.do(alice, [row.pk], Deed.SAVE)
    assert heard == [], "it was saved before"
    changes = inbox.do(alice, [row.pk], Deed.DELETE).changes
    inbox.undo(alice, changes)
    inbox.mark_all_read(alice)
    assert [hint.changed for hint in heard] == [{alice.pk}] * 3


def test_and_what_comes_back_at_its_time(heard: list[Hint], alice: User, bob: User, post: Post) -> None:
    actions.react(bob, post)
    row = Notification.objects.get(kind="LIKE")
    inbox.do(alice, [row.pk], Deed.SNOOZE, until=timezone.now())
    heard.clear()
    wake_due()
    assert people(heard) == {alice.pk}


def test_a_small_group_is_named_and_a_large_one_is_not(
    heard: list[Hint], group: Group, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.create_post(alice, "The boiler", group=group)
    assert bob.pk in people(heard)
    assert not any(hint.everybody for hint in heard)
    heard.clear()
    monkeypatch.setattr("notifications.outbox.audience.NAMED", 0)
    actions.create_post(alice, "The boiler again", group=group)
    assert any(hint.everybody for hint in heard)
