"""Whoever leaves a private group hears nothing more of it, at whatever stage the news is."""

import pytest
from django.core import mail
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Delivery, Event, Notification
from notifications.outbox import pipeline
from notifications.outgoing import sending
from notifications.rendering import render

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def quiet(settings: Settings) -> None:
    """Nothing runs by itself."""
    settings.NOTIFICATION_EXECUTOR = "threads"


def about(user: User) -> list[str]:
    rows = list(Notification.objects.of(user).filter(target_type="post"))
    return [f"{shown.title} {shown.said} {shown.url}" for shown in render(rows, user)]


def expand() -> None:
    while pipeline.expand_next():
        pass


def test_before_the_event_is_expanded(private_post: Post, group: Group, bob: User, quiet: None) -> None:
    actions.create_post(private_post.author, "The boiler again", group=group)
    actions.comment(private_post.author, private_post, "What does @bob say?")
    actions.leave_group(bob, group)
    expand()

    assert about(bob) == []
    assert Event.objects.filter(recipient=bob, kind="MENTION").get().outcome == "hidden"


def test_after_the_row_is_written(private_post: Post, group: Group, bob: User) -> None:
    actions.comment(private_post.author, private_post, "What does @bob say?")
    assert len(about(bob)) >= 1
    actions.leave_group(bob, group)

    assert about(bob) == []


def test_after_the_mail_is_queued(private_post: Post, group: Group, bob: User, quiet: None) -> None:
    actions.comment(private_post.author, private_post, "What does @bob say?")
    expand()
    waiting = Delivery.objects.get(recipient=bob, state="pending")
    actions.leave_group(bob, group)
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass

    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("skipped", "hidden")
    assert not [message for message in mail.outbox if "boiler" in message.body]


def test_what_was_read_is_kept_without_a_word_of_its_content(
    private_post: Post, group: Group, bob: User
) -> None:
    actions.comment(private_post.author, private_post, "What does @bob say?")
    Notification.objects.of(bob).update(read_at=private_post.created_at)
    actions.leave_group(bob, group)

    assert all("heating" not in text and "What does" not in text for text in about(bob))


def test_closing_a_group_takes_its_news_from_strangers(alice: User, bob: User) -> None:
    group = actions.create_group(alice, "Open garden")
    post = actions.create_post(alice, "Come all", group=group)
    mine = actions.comment(bob, post, "May I bring a friend?")
    actions.comment(alice, post, "You may", parent=mine)
    assert len(about(bob)) == 1

    actions.edit_group(alice, group, is_private=True)
    assert about(bob) == []


def test_a_stranger_who_is_mentioned_in_a_private_group_hears_nothing(
    private_post: Post, alice: User, chloe: User
) -> None:
    actions.comment(alice, private_post, "@chloe would know")

    assert not Event.objects.filter(recipient=chloe).exists()


def test_leaving_a_public_group_ends_its_news_and_keeps_ones_own(alice: User, bob: User) -> None:
    group = actions.create_group(alice, "Open garden")
    actions.join_group(bob, group)
    post = actions.create_post(alice, "Come all", group=group)
    mine = actions.comment(bob, post, "May I bring a friend?")
    actions.comment(alice, post, "You may", parent=mine)
    actions.leave_group(bob, group)

    assert list(Notification.objects.of(bob).values_list("kind", flat=True)) == ["REPLY"]


def test_a_deleted_account_takes_its_inbox_and_its_likes_along(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    actions.comment(alice, post, "Thank you @bob")
    bob_id = bob.pk
    bob.delete()

    assert not Notification.objects.filter(recipient_id=bob_id).exists()
    assert not Notification.objects.of(alice).exists()
