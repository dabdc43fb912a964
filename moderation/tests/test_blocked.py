"""Whoever is blocked reaches nobody who blocked them, whatever they do."""

from collections.abc import Callable

import pytest
from django.core import mail

from accounts.models import User
from community import actions
from community.models import Group, Post
from moderation import actions as moderation
from moderation.subjects import subject_of
from notifications.models import Notification
from notifications.outbox import pipeline
from notifications.steering.blocking import block

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(alice: User, chloe: User) -> Group:
    """Public; alice owns it and watches it, chloe belongs to it."""
    club = actions.create_group(alice, "The club")
    actions.join_group(chloe, club)
    actions.follow_group(alice, club, "watching")
    return club


def everything(bob: User, alice: User, club: Group, post: Post) -> list[Callable[[], object]]:
    """All that bob could do to reach alice."""
    own = actions.comment(alice, post, "By alice.")
    private = actions.create_group(alice, "Closed", is_private=True)
    return [
        lambda: actions.react(bob, post),
        lambda: actions.bookmark(bob, post),
        lambda: actions.comment(bob, post, "A comment."),
        lambda: actions.comment(bob, post, "A reply.", parent=own),
        lambda: actions.comment(bob, post, "@alice, look."),
        lambda: actions.create_post(bob, "@alice, look here."),
        lambda: actions.join_group(bob, club),
        lambda: actions.create_post(bob, "To the club.", group=club),
        lambda: actions.join_group(bob, private),
    ]


def test_nothing_that_somebody_blocked_does_arrives(alice: User, bob: User, club: Group, post: Post) -> None:
    acts = everything(bob, alice, club, post)
    pipeline.drain()
    Notification.objects.all().delete()
    mail.outbox.clear()
    block(alice, bob)
    for act in acts:
        act()
    pipeline.drain()
    assert list(Notification.objects.filter(recipient=alice).values_list("kind", flat=True)) == []
    assert [message.to for message in mail.outbox if "alice@example.com" in message.to] == []


def test_without_the_block_it_would(alice: User, bob: User, club: Group, post: Post) -> None:
    for act in everything(bob, alice, club, post):
        act()
    pipeline.drain()
    kinds = set(Notification.objects.filter(recipient=alice).values_list("kind", flat=True))
    assert kinds == {"LIKE", "BOOKMARK", "COMMENT", "REPLY", "MENTION", "GROUP_JOIN", "GROUP_POST"}


def test_a_flag_by_somebody_blocked_is_looked_at_all_the_same(
    alice: User, bob: User, dora: User, post: Post
) -> None:
    """What reviewers are told comes of the site, and not of whoever flagged."""
    block(dora, bob)
    moderation.flag(bob, subject_of(post), "spam")
    pipeline.drain()
    assert Notification.objects.filter(recipient=dora, kind="REVIEW").exists()
