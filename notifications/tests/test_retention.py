"""What is swept away, and what is kept however old."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from community.models import Post
from notifications import inbox, retention
from notifications.audit import audit
from notifications.models import Attempt, Delivery, Event, Notification

from .scenes import a_like, likes

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
OLD = timezone.now() - timedelta(days=91)


def make_old(row: Notification, *, read: bool = True) -> None:
    Notification.objects.filter(pk=row.pk).update(created_at=OLD, read_at=OLD if read else None)
    Event.objects.filter(pk=row.event_id).update(created_at=OLD, ended_at=OLD)


def ended(row: Notification, state: Delivery.State) -> Delivery:
    delivery = Delivery.objects.create(
        event_id=row.event_id, recipient_id=row.recipient_id, channel="email", state=state, ended_at=OLD
    )
    Attempt.objects.create(delivery=delivery, worker="host:1:a")
    return delivery


def test_a_deleted_row_goes_when_it_cannot_be_undone_any_more(alice: User, bob: User, post: Post) -> None:
    rows = likes(alice, bob, post, 3)
    inbox.delete(rows[0])
    inbox.delete(rows[1])
    Notification.objects.filter(pk=rows[1].pk).update(deleted_at=timezone.now() - 2 * inbox.UNDO_WINDOW)
    assert retention.prune_deleted_rows() == 1
    assert set(Notification.objects.all()) == {rows[0], rows[2]}


def test_old_events_go(alice: User, bob: User, post: Post) -> None:
    old, _young = likes(alice, bob, post, 2)
    make_old(old)
    assert retention.prune_events() == 1
    assert not Event.objects.filter(pk=old.event_id).exists()
    assert [check.promise for check, count in audit() if count] == []


def test_an_event_is_kept_while_its_row_may_fold(alice: User, bob: User, post: Post) -> None:
    make_old(a_like(alice, bob, post), read=False)
    assert retention.prune_events() == 0


@pytest.mark.parametrize("state", [Event.State.PENDING, Event.State.DEAD])
def test_of_events_without_a_row_only_ended_ones_go(
    state: Event.State, alice: User, bob: User, post: Post
) -> None:
    make_old(a_like(alice, bob, post))
    Notification.objects.all().delete()
    Event.objects.update(state=state)
    assert retention.prune_events() == (state == Event.State.DEAD)


@pytest.mark.parametrize("state", list(Delivery.State))
def test_old_deliveries_go_with_their_attempts_once_they_ended(
    state: Delivery.State, alice: User, bob: User, post: Post
) -> None:
    ended(a_like(alice, bob, post), state)
    is_open = state in (Delivery.State.PENDING, Delivery.State.SENDING)
    assert retention.prune_deliveries() == (0 if is_open else 1)
    assert Attempt.objects.exists() == is_open


def test_only_expired_tokens_go(alice: User) -> None:
    AuthToken.objects.create(user=alice)
    AuthToken.objects.create(user=alice, expiry=timedelta(seconds=-1))
    AuthToken.objects.create(user=alice, expiry=None)
    assert retention.prune_tokens() == 1


def test_it_goes_in_batches_and_says_how_far_it_is(
    alice: User, bob: User, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for row in likes(alice, bob, post, 5):
        make_old(row)
    seen: list[tuple[int, int]] = []
    assert retention.prune_events(progress=lambda done, total: seen.append((done, total))) == 5
    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_the_command_says_what_it_did_and_may_run_twice(alice: User, bob: User, post: Post) -> None:
    make_old(a_like(alice, bob, post))
    first, second = StringIO(), StringIO()
    call_command("prune_notifications", stdout=first)
    call_command("prune_notifications", stdout=second)
    assert "1  events removed" in first.getvalue()
    assert "0  events removed" in second.getvalue()
