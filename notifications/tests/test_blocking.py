"""Nothing that a blocked person does reaches whoever blocked them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Block, Delivery, Event, Notification
from notifications.outbox import pipeline
from notifications.rendering import render
from notifications.steering.blocking import block, unblock
from notifications.upkeep.audit import audit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _nothing_runs_by_itself(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"


@pytest.fixture
def club(alice: User, bob: User, chloe: User) -> Group:
    club = actions.create_group(alice, "Chess club")
    actions.join_group(bob, club)
    pipeline.drain()
    Notification.objects.update(read_at=timezone.now(), deleted_at=timezone.now())
    return club


def act(actor: User, whom: User, post: Post, club: Group) -> None:
    """Everything that somebody can do to be noticed."""
    actions.react(actor, post)
    actions.bookmark(actor, post)
    first = actions.comment(whom, post, "Come and get them.")
    actions.comment(actor, post, f"@{whom.username} here I am.")
    actions.comment(actor, post, "Me!", parent=first)
    actions.comment(actor, post, "Thank you.")
    actions.create_post(actor, "And one for all.", group=club)


def test_nothing_they_do_arrives(
    post: Post, club: Group, alice: User, bob: User, chloe: User, mailoutbox: list[Any]
) -> None:
    mailoutbox.clear()
    actions.follow_post(alice, post, "watching")
    block(alice, bob)
    actions.join_group(chloe, club)
    pipeline.drain()
    assert Notification.objects.of(alice).get().actor_id == chloe.pk
    act(bob, alice, post, club)
    pipeline.drain()

    assert Notification.objects.of(alice).get().actor_id == chloe.pk
    assert mailoutbox == []  # that somebody joined was mailed when bob did
    acts = Event.objects.filter(actor=bob, recipient=alice).exclude(kind="GROUP_JOIN")
    assert set(acts.values_list("outcome", flat=True)) == {"blocked"}
    assert Notification.objects.filter(kind="GROUP_POST").get().recipient == chloe
    assert list(audit_faults()) == []


def audit_faults() -> list[str]:
    return [str(check.promise) for check, count in audit() if count]


def test_what_is_unread_of_them_goes_quietly_and_what_was_read_stays(
    post: Post, club: Group, alice: User, bob: User
) -> None:
    actions.react(bob, post)
    pipeline.drain()
    Notification.objects.of(alice).update(read_at=post.created_at)
    act(bob, alice, post, club)
    while pipeline.expand_next():
        pass
    assert Notification.objects.of(alice).count() > 4
    block(alice, bob)

    assert list(Notification.objects.of(alice).values_list("kind", flat=True)) == ["LIKE"]
    waiting = Delivery.objects.filter(recipient=alice).exclude(state="sent")
    assert set(waiting.values_list("state", "reason")) == {("skipped", "blocked")}
    assert audit_faults() == []


def test_a_folded_row_counts_them_no_more(post: Post, alice: User, bob: User, chloe: User) -> None:
    for person in (bob, chloe):
        actions.react(person, post)
        actions.bookmark(person, post)
    pipeline.drain()
    block(alice, bob)

    rows = {row.kind: row for row in Notification.objects.of(alice)}
    assert {kind: row.actors_count for kind, row in rows.items()} == {"LIKE": 1, "BOOKMARK": 1}
    assert render([rows["LIKE"]], alice)[0].title == "Chloe liked “Seedlings to give away”"
    actions.unreact(bob, post)
    actions.react(bob, post)
    pipeline.drain()
    assert Notification.objects.of(alice).get(kind="LIKE").actors_count == 1
    assert audit_faults() == []


def test_whoever_is_blocked_still_hears_of_the_other(post: Post, alice: User, bob: User) -> None:
    block(alice, bob)
    actions.comment(alice, post, "Hello @bob")
    pipeline.drain()

    assert Notification.objects.of(bob).count() == 1


def test_after_unblocking_news_come_again_and_the_old_do_not(post: Post, alice: User, bob: User) -> None:
    actions.comment(bob, post, "One")
    pipeline.drain()
    block(alice, bob)
    block(alice, bob)
    assert unblock(alice, bob)
    assert not unblock(alice, bob)
    actions.comment(bob, post, "Two")
    pipeline.drain()

    assert Notification.objects.of(alice).get().actors_count == 1
    assert Event.objects.filter(recipient=alice, outcome="notified").count() == 1


def test_nobody_blocks_themselves(alice: User) -> None:
    with pytest.raises(ValidationError):
        block(alice, alice)
    assert not Block.objects.exists()
