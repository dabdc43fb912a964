"""Each promise of the engine, broken by hand: the audit must see it, and see nothing where all is well."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from community import actions
from community.models import Post, PostReaction
from notifications.models import Delivery, Event, Notification
from notifications.upkeep.audit import audit

from .scenes import a_like

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def broken() -> dict[str, int]:
    """The checks that found something."""
    return {check.broken.__name__: count for check, count in audit() if count}


@pytest.fixture
def busy_site(
    alice: User,
    bob: User,
    chloe: User,
    post: Post,
    private_post: Post,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """All kinds of what happens, folded, read, deleted and taken back again."""
    with django_capture_on_commit_callbacks(execute=True):
        for person in (bob, chloe):
            actions.react(person, post)
            actions.bookmark(person, post)
        comment = actions.comment(bob, post, "May I have three, @chloe?")
        actions.comment(alice, post, "Four.", parent=comment)
        actions.create_post(bob, "Who has the key?", group=private_post.group)
        actions.unreact(chloe, post)


def delivery(**fields: Any) -> Delivery:
    event = Event.objects.filter(recipient__isnull=False).latest("pk")
    return Delivery.objects.create(
        **{"event_id": event.pk, "recipient_id": event.recipient_id, "channel": "email", **fields}
    )


def test_nothing_is_found_where_all_is_well(busy_site: None) -> None:
    assert Notification.objects.count() > 4
    assert broken() == {}
    out = StringIO()
    call_command("audit_notifications", stdout=out)
    assert "All promises hold." in out.getvalue()


def test_the_command_names_what_it_found_and_fails(alice: User, bob: User, post: Post) -> None:
    a_like(alice, bob, post)
    Event.objects.all().delete()
    out = StringIO()
    with pytest.raises(CommandError, match="2 rows"):
        call_command("audit_notifications", stdout=out)
    assert "1  rows of the inbox without an event" in out.getvalue()


def test_a_fact_without_an_event(bob: User, post: Post) -> None:
    at = timezone.now() - timedelta(minutes=5)
    PostReaction.objects.bulk_create([PostReaction(post=post, user=bob, created_at=at)])
    assert broken() == {"facts_without_event": 1}


def test_an_event_that_nobody_serves(alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    Notification.objects.all().delete()
    waiting = Event.objects.filter(pk=row.event_id)
    waiting.update(state=Event.State.PENDING, outcome="", run_at=timezone.now() - timedelta(minutes=6))
    assert broken() == {"overdue_events": 1}
    waiting.update(run_at=timezone.now() + HOUR)  # it failed, and has its next try before it
    assert broken() == {}


def test_a_told_event_whose_row_is_missing(alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    Notification.objects.all().delete()
    assert broken() == {"events_without_row": 1}
    Event.objects.filter(pk=row.event_id).update(ended_at=timezone.now() - HOUR)
    assert broken() == {}, "its owner may have deleted it, and it was pruned"


def test_a_row_without_an_event(alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    Event.objects.all().delete()
    assert broken()["rows_without_event"] == 1
    Notification.objects.filter(pk=row.pk).update(created_at=timezone.now() - 91 * DAY)
    assert broken() == {}, "the event was pruned"


@pytest.mark.parametrize("column", ["recipient_id", "actor_id"])
def test_rows_and_events_of_nobody(column: str, alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    Notification.objects.filter(pk=row.pk).update(**{column: 999_999})
    assert broken() == {"rows_of_nobody": 1}
    Event.objects.filter(pk=row.event_id).update(**{column: 999_999})
    assert broken() == {"rows_of_nobody": 1, "events_of_nobody": 1}


@pytest.mark.parametrize("count", [0, 2])
def test_a_number_that_is_not_that_of_the_events(count: int, alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    Notification.objects.filter(pk=row.pk).update(actors_count=count)
    assert broken() == {"miscounted_rows": 1}


def test_what_is_just_folding_in_is_left_time(alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    Event.objects.filter(pk=row.event_id).update(state=Event.State.PENDING, outcome="", notification_id=None)
    assert broken() == {}


@pytest.mark.parametrize("lease", [timezone.now() - HOUR, None])
def test_a_delivery_past_its_lease(lease: Any, alice: User, bob: User, post: Post) -> None:
    a_like(alice, bob, post)
    delivery(state=Delivery.State.SENDING, lease_until=lease)
    assert broken() == {"stuck_deliveries": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"attempts": 9, "due_at": timezone.now() + HOUR},
        {"created_at": timezone.now() - 10 * DAY, "due_at": timezone.now() - DAY},
    ],
    ids=["its tries are used up", "nobody tries"],
)
def test_a_delivery_that_should_have_been_given_up(
    fields: dict[str, Any], alice: User, bob: User, post: Post
) -> None:
    a_like(alice, bob, post)
    delivery(**fields)
    assert broken() == {"undead_deliveries": 1}


def test_a_delivery_that_waits_for_its_last_try_is_well(alice: User, bob: User, post: Post) -> None:
    a_like(alice, bob, post)
    delivery(attempts=8, created_at=timezone.now() - 3 * DAY, due_at=timezone.now() + DAY)
    assert broken() == {}


def test_a_delivery_of_what_was_undone(alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    delivery()
    Notification.objects.all().delete()
    Event.objects.filter(pk=row.event_id).update(state=Event.State.RETRACTED, notification_id=None)
    assert broken() == {"undone_deliveries": 1}


def test_two_unread_rows_of_one_group_key(alice: User, bob: User, post: Post) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ntf_open_group_once")  # rolled back with the test
    first, second = a_like(alice, bob, post, number=1), a_like(alice, bob, post, number=2)
    Notification.objects.filter(pk=second.pk).update(group_key=first.group_key)
    assert broken() == {"doubled_rows": 1}


def test_what_is_done_and_yet_unread(alice: User, bob: User, post: Post) -> None:
    row = a_like(alice, bob, post)
    Notification.objects.filter(pk=row.pk).update(done_at=timezone.now())
    assert broken() == {"unread_but_done": 1}


def test_it_writes_nothing(busy_site: None, django_assert_max_num_queries: Callable[..., Any]) -> None:
    with django_assert_max_num_queries(40) as queries:
        broken()
    reading = ("SELECT", "DECLARE")  # a cursor, on PostgreSQL
    assert all(query["sql"].lstrip().startswith(reading) for query in queries.captured_queries)
