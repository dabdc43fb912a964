"""What is swept away, for which reason, and what is kept however old."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from pytest_django import Settings

from accounts.models import User
from community.models import Post
from notifications.inbox import actions as inbox
from notifications.inbox.states import Deed
from notifications.models import Attempt, Delivery, Event, IncomingMail, Notification
from notifications.upkeep import pruning
from notifications.upkeep.audit import audit

from .scenes import Priority, a_like, likes

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = timedelta(days=1)
NOW = timezone.now()


def age(row: Notification, days: int, *, read: int | None = None, **fields: Any) -> Notification:
    """Make it so many days old, and read so many days ago."""
    at, read_at = NOW - days * DAY, None if read is None else NOW - read * DAY
    Notification.objects.filter(pk=row.pk).update(created_at=at, read_at=read_at, **fields)
    Event.objects.filter(pk=row.event_id).update(created_at=at, ended_at=at)
    return row


def ended(row: Notification, state: Delivery.State) -> Delivery:
    delivery = Delivery.objects.create(
        event_id=row.event_id, recipient_id=row.recipient_id, channel="email", state=state,
        ended_at=NOW - 91 * DAY,
    )  # fmt: skip
    Attempt.objects.create(delivery=delivery, worker="host:1:a")
    return delivery


def pruned() -> dict[str, int]:
    """What a sweeping says that it took, after a look that says the same."""
    seen = {why: count for why, count in pruning.look().items() if count}
    taken = {why: count for why, count in pruning.prune().items() if count}
    assert seen == taken
    assert [check.promise for check, count in audit() if count] == []
    return taken


def test_a_deleted_row_goes_when_it_cannot_be_undone_any_more(alice: User, bob: User, post: Post) -> None:
    rows = likes(alice, bob, post, 3)
    inbox.do(alice, [rows[0].pk, rows[1].pk], Deed.DELETE)
    Notification.objects.filter(pk=rows[1].pk).update(deleted_at=timezone.now() - 2 * inbox.UNDO_WINDOW)
    Event.objects.update(ended_at=timezone.now() - 3 * inbox.UNDO_WINDOW)
    assert pruned() == {"deleted": 1}
    assert set(Notification.objects.all()) == {rows[0], rows[2]}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"days": 40, "read": 31}, "read"),
        ({"days": 40, "read": 29}, None),
        ({"days": 179}, None),
        ({"days": 181}, "old"),
        ({"days": 400, "read": 399, "saved_at": NOW}, None),
        ({"days": 400, "snoozed_until": NOW + DAY}, None),
        ({"days": 400, "priority": Priority.NEEDS_YOU}, None),
        ({"days": 400, "read": 31, "priority": Priority.NEEDS_YOU}, "read"),
        ({"days": 31, "kind": "LIKE"}, "old"),
        ({"days": 31, "read": 1, "kind": "LIKE"}, "old"),
        ({"days": 31, "kind": "LIKE", "saved_at": NOW}, None),
        ({"days": 29, "kind": "LIKE"}, None),
    ],
)
def test_why_an_item_goes(row: dict[str, Any], why: str | None, alice: User, bob: User, post: Post) -> None:
    item = age(a_like(alice, bob, post, kind="COMMENT"), **row)
    if row["days"] > 90:  # which would go with it
        Event.objects.filter(pk=item.event_id).update(ended_at=NOW - 80 * DAY)
    assert pruned() == ({why: 1} if why else {})
    assert Notification.objects.exists() is (why is None)


def test_what_was_told_just_now_stays_however_old_it_is(alice: User, bob: User, post: Post) -> None:
    """By an import: the audit still looks for the row of the event."""
    row = age(a_like(alice, bob, post), 400)
    Event.objects.filter(pk=row.event_id).update(ended_at=timezone.now())
    assert pruned() == {}


def test_of_a_full_inbox_the_newest_stay_and_what_must_not_go(
    alice: User, bob: User, chloe: User, post: Post, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NOTIFICATION_KEEP_ITEMS = 3
    monkeypatch.setattr(pruning, "PEOPLE", 1)
    monkeypatch.setattr(pruning, "BATCH", 2)
    rows = likes(alice, bob, post, 9)
    Notification.objects.filter(pk=rows[5].pk).update(saved_at=NOW)
    Notification.objects.filter(pk=rows[6].pk).update(priority=Priority.NEEDS_YOU)
    age(rows[8], 40, read=35)
    others = [a_like(chloe, bob, post, number=20 + n) for n in range(3)]
    Event.objects.update(ended_at=NOW - DAY)
    assert pruned() == {"read": 1, "crowded": 3}
    assert set(Notification.objects.all()) == {*rows[:3], rows[5], rows[6], *others}


@pytest.mark.parametrize("setting", ["KEEP_READ_DAYS", "KEEP_UNREAD_DAYS", "KEEP_ITEMS"])
def test_nothing_means_for_ever(setting: str, alice: User, bob: User, post: Post, settings: Settings) -> None:
    for name in ("KEEP_READ_DAYS", "KEEP_UNREAD_DAYS", "KEEP_ITEMS"):
        setattr(settings, f"NOTIFICATION_{name}", 0 if name == setting else 10_000)
    age(a_like(alice, bob, post, kind="COMMENT", number=1), 80, read=80)
    age(a_like(alice, bob, post, kind="COMMENT", number=2), 80)
    assert pruned() == {}


def test_old_events_go_and_those_of_rows_that_may_fold_stay(alice: User, bob: User, post: Post) -> None:
    gone = age(a_like(alice, bob, post, number=1, kind="COMMENT"), 91, read=3)
    kept = age(a_like(alice, bob, post, number=2, kind="COMMENT"), 91)
    assert pruned() == {"event": 1}
    assert list(Event.objects.values_list("pk", flat=True)) == [kept.event_id]
    assert Notification.objects.filter(pk=gone.pk).exists()


@pytest.mark.parametrize("state", [Event.State.PENDING, Event.State.DEAD])
def test_of_events_without_a_row_only_ended_ones_go(
    state: Event.State, alice: User, bob: User, post: Post
) -> None:
    age(a_like(alice, bob, post), 91)
    Notification.objects.all().delete()
    Event.objects.update(state=state)
    assert pruning.prune().get("event", 0) == (state == Event.State.DEAD)


@pytest.mark.parametrize("state", list(Delivery.State))
def test_old_deliveries_go_with_their_attempts_once_they_ended(
    state: Delivery.State, alice: User, bob: User, post: Post
) -> None:
    ended(a_like(alice, bob, post), state)
    is_open = state in (Delivery.State.PENDING, Delivery.State.HELD, Delivery.State.SENDING)
    assert pruning.prune().get("delivery", 0) == (0 if is_open else 1)
    assert Attempt.objects.exists() == is_open


def test_expired_tokens_go(alice: User) -> None:
    AuthToken.objects.create(user=alice)
    AuthToken.objects.create(user=alice, expiry=timedelta(seconds=-1))
    assert pruned() == {"token": 1}


def test_the_command_looks_first_and_says_what_it_did(alice: User, bob: User, post: Post) -> None:
    age(a_like(alice, bob, post), 40, read=35)
    said = []
    for options in (["--dry-run"], [], []):
        out = StringIO()
        call_command("prune_notifications", *options, stdout=out)
        said.append(out.getvalue())
    assert "1  items that were read long ago" in said[0]
    assert "Nothing was removed." in said[0]
    assert "1 rows were removed." in said[1]
    assert "0 rows were removed." in said[2]


def test_the_inbox_says_how_long_it_keeps(alice: User, client: Client, settings: Settings) -> None:
    settings.NOTIFICATION_KEEP_READ_DAYS = 14
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/notifications/").content.decode()
    assert "kept for 14 days" in page
    assert "1,000" in page


def test_the_record_of_a_mail_that_came_in_goes_after_90_days_or_with_its_person(bob: User) -> None:
    for number, days in enumerate((89, 91)):
        IncomingMail.objects.create(
            key=str(number), message_id="<1@x>", recipient=bob, outcome="taken", received_at=NOW - days * DAY
        )
    assert pruned() == {"incoming": 1}
    bob.delete()
    assert not IncomingMail.objects.exists()
