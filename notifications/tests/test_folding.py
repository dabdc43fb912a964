"""Same kind, same thing: one row while it is unread, each person counted once.

CHAOS=full: 5,000 likes of one post at once.
"""

import os
import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.engagement import LIKED
from community.models import Post, PostReaction
from conftest import MakeUser
from notifications.inbox import actions as inbox
from notifications.models import Delivery, Event, Notification
from notifications.outbox import pipeline
from notifications.rendering import render
from notifications.service import NotificationService

BURST = 5000 if os.environ.get("CHAOS") == "full" else 60

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def title(user: User) -> str:
    [shown] = render([Notification.objects.of(user).get()], user)
    return shown.title


@pytest.mark.parametrize(
    ("likes", "says"),
    [
        (1, "Anna liked"),
        (2, "Berta and Anna liked"),
        (3, "Carl, Berta and 1 other liked"),
        (5, "Emma, Dora and 3 others liked"),
    ],
)
def test_the_sentence_names_the_latest_and_counts_the_rest(
    post: Post, alice: User, make_user: MakeUser, likes: int, says: str
) -> None:
    for name in ("anna", "berta", "carl", "dora", "emma")[:likes]:
        actions.react(make_user(name), post)

    assert title(alice).startswith(says)


def test_whoever_comments_three_times_is_one_person(post: Post, alice: User, bob: User, chloe: User) -> None:
    for words in ("One", "Two", "Three"):
        actions.comment(bob, post, words)
    actions.comment(chloe, post, "And me")

    row = Notification.objects.of(alice).get()
    assert (row.actors_count, row.actor_ids) == (2, [chloe.pk, bob.pk])
    assert Event.objects.filter(notification_id=row.pk).count() == 4


def test_two_kinds_of_reaction_by_one_person_are_one_like(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post, "like")
    actions.react(bob, post, "love")

    assert Notification.objects.of(alice).get().actors_count == 1


def test_taking_one_of_two_reactions_back_keeps_the_other(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post, "like")
    actions.react(bob, post, "love")
    actions.unreact(bob, post, "like")

    assert Notification.objects.of(alice).get().actors_count == 1


def test_what_comes_after_reading_opens_a_new_row(post: Post, alice: User, bob: User, chloe: User) -> None:
    actions.react(bob, post)
    inbox.mark_read(Notification.objects.of(alice).get())
    actions.react(chloe, post)

    assert Notification.objects.of(alice).count() == 2
    assert Notification.objects.of(alice).unread().get().actors_count == 1


def test_one_who_takes_the_like_back_is_not_counted_any_more(
    post: Post, alice: User, bob: User, chloe: User
) -> None:
    actions.react(bob, post)
    actions.react(chloe, post)
    actions.unreact(chloe, post)

    row = Notification.objects.of(alice).get()
    assert (row.actors_count, row.actor_ids, row.actor_id) == (1, [bob.pk], bob.pk)


def test_what_was_read_stays_when_its_cause_is_undone(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    inbox.mark_read(Notification.objects.of(alice).get())
    actions.unreact(bob, post)

    assert Notification.objects.of(alice).exists()
    assert Event.objects.get().state == Event.State.DONE


def test_somebody_bookmarked_and_never_who(post: Post, alice: User, bob: User, chloe: User) -> None:
    actions.bookmark(bob, post)
    actions.bookmark(chloe, post)

    row = Notification.objects.of(alice).get()
    assert (row.actor_id, row.actor_ids, row.actors_count) == (None, [], 2)
    assert title(alice) == "2 people bookmarked “Seedlings to give away”"


def test_a_mail_waits_a_day_after_the_first_like_and_comments_mail_each(
    post: Post, alice: User, bob: User, chloe: User
) -> None:
    actions.react(bob, post)
    actions.react(chloe, post)
    actions.comment(bob, post, "Lovely")
    actions.comment(chloe, post, "Indeed")

    assert Delivery.objects.count() == 3
    Delivery.objects.update(created_at=timezone.now() - timedelta(hours=25))
    actions.unreact(bob, post)
    Event.objects.filter(actor_id=bob.pk, kind="LIKE").delete()
    actions.react(bob, post)
    assert Delivery.objects.count() == 4


def test_a_reply_with_a_mention_is_told_once_for_the_strongest_reason(
    post: Post, alice: User, bob: User
) -> None:
    mine = actions.comment(alice, post, "Who comes?")
    actions.comment(bob, post, "I do, @alice", parent=mine)

    assert list(Notification.objects.of(alice).values_list("kind", flat=True)) == ["MENTION"]
    assert Delivery.objects.filter(recipient=alice).count() == 1


def test_a_reply_to_somebody_else_tells_both(post: Post, alice: User, bob: User, chloe: User) -> None:
    first = actions.comment(bob, post, "Are they hardy?")
    actions.comment(chloe, post, "Mine were", parent=first)

    assert set(Notification.objects.of(alice).values_list("kind", "actors_count")) == {("COMMENT", 2)}
    assert list(Notification.objects.of(bob).values_list("kind", flat=True)) == ["REPLY"]


def test_an_edit_calls_those_it_adds_and_nobody_again(
    post: Post, bob: User, chloe: User, alice: User
) -> None:
    comment = actions.comment(alice, post, "Ask @bob")
    actions.edit_comment(alice, comment, "Ask @bob or @chloe")
    actions.edit_comment(alice, comment, "Ask @bob or @chloe, please")

    for user in (bob, chloe):
        assert Notification.objects.of(user).count() == 1


def test_deleting_a_comment_takes_all_that_was_said_of_it(post: Post, alice: User, bob: User) -> None:
    comment = actions.comment(bob, post, "Hello")
    actions.delete_comment(bob, comment)

    assert not Notification.objects.exists()
    assert Event.objects.get().state == Event.State.RETRACTED


def test_deleting_a_post_takes_likes_and_comments_with_it(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    actions.comment(bob, post, "Hello")
    actions.delete_post(alice, post)

    assert not Notification.objects.exists()
    assert set(Event.objects.values_list("state", flat=True)) == {Event.State.RETRACTED}


@pytest.mark.chaos
def test_a_burst_on_one_post_is_one_row_and_one_mail_within_a_minute(
    post: Post, alice: User, settings: Settings
) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the test drains
    fans = User.objects.bulk_create(User(username=f"f{n}", email=f"f{n}@example.com") for n in range(BURST))
    likes = PostReaction.objects.bulk_create(PostReaction(post=post, user=fan) for fan in fans)
    with transaction.atomic():
        NotificationService.emit_all([(LIKED, like) for like in likes])
    began = time.monotonic()
    pipeline.drain()
    assert time.monotonic() - began < 60
    assert Notification.objects.of(alice).get().actors_count == BURST
    assert Delivery.objects.get().state == "sent"
