"""Watching, normal, muted: for a group and for a post."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, Post
from conftest import MakeUser
from notifications.models import Delivery, Event, Level, Notification, Rule
from notifications.outbox import pipeline
from notifications.outbox.reconciler import missing
from notifications.rendering import render

from ..engagement import COMMENTED

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _nothing_runs_by_itself(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"


@pytest.fixture
def club(alice: User, bob: User, chloe: User) -> Group:
    """Public; alice owns it, bob and chloe are in it."""
    club = actions.create_group(alice, "Chess club")
    actions.join_group(bob, club)
    actions.join_group(chloe, club)
    pipeline.drain()
    return club


def told(user: User, kind: str = "") -> list[str]:
    rows = Notification.objects.of(user).order_by("pk")
    return list((rows.filter(kind=kind) if kind else rows).values_list("kind", flat=True))


def mailed(user: User, mailbox: list[Any]) -> list[str]:
    return [message.subject for message in mailbox if message.to == [user.email]]


def test_every_comment_of_a_watched_post_reaches_them_and_says_why(
    post: Post, alice: User, bob: User, chloe: User, mailoutbox: list[Any]
) -> None:
    actions.follow_post(chloe, post, Level.WATCHING)
    actions.comment(bob, post, "Any left?")
    pipeline.drain()
    actions.comment(alice, post, "Plenty.")
    pipeline.drain()

    [row] = Notification.objects.of(chloe)
    assert (row.kind, row.actors_count, row.decided_by) == ("COMMENT", 2, "watch_thread")
    assert render([row], chloe)[0].reason == "Because you watch this post"
    assert len(mailed(chloe, mailoutbox)) == 2
    assert "Because you watch this post" in mailoutbox[-1].body
    assert render(list(Notification.objects.of(alice)), alice)[0].reason == "Because you wrote it"


def test_everything_in_a_watched_group_reaches_the_inbox_and_its_posts_are_mailed(
    club: Group, alice: User, bob: User, chloe: User, mailoutbox: list[Any]
) -> None:
    mailoutbox.clear()
    actions.follow_group(chloe, club, Level.WATCHING)
    post = actions.create_post(alice, "Thursday at seven.", title="Tournament", group=club)
    actions.comment(bob, post, "I am in.")
    pipeline.drain()

    assert told(chloe) == ["GROUP_POST", "COMMENT"]
    assert told(bob) == ["GROUP_POST"]
    assert len(mailed(chloe, mailoutbox)) == 1
    assert "Tournament" in mailed(chloe, mailoutbox)[0]
    assert mailed(bob, mailoutbox) == []
    assert Event.objects.get(recipient=chloe, kind="COMMENT").mail == Event.Mail.NOT_ASKED


def test_one_item_a_person_and_comment_whatever_the_reasons(
    club: Group, alice: User, bob: User, chloe: User, make_user: MakeUser
) -> None:
    post = actions.create_post(alice, "Thursday at seven.", group=club)
    first = actions.comment(bob, post, "I am in.")
    dora = make_user("dora")
    for user in (alice, bob, chloe):
        actions.follow_group(user, club, Level.WATCHING)
        actions.follow_post(user, post, Level.WATCHING)
    pipeline.drain()
    Notification.objects.all().delete()
    actions.comment(dora, post, "So is @chloe, I hope.", parent=first)
    pipeline.drain()

    assert told(alice) == ["COMMENT"]
    assert told(bob) == ["REPLY"]
    assert told(chloe) == ["MENTION"]
    assert render(list(Notification.objects.of(alice)), alice)[0].reason == "Because you wrote it"
    actions.comment(chloe, post, "I am.")
    pipeline.drain()
    assert told(bob) == ["REPLY", "COMMENT"]
    assert told(chloe) == ["MENTION"]


def test_of_a_muted_group_comes_nothing_at_all(
    club: Group, alice: User, bob: User, chloe: User, mailoutbox: list[Any]
) -> None:
    mine = actions.create_post(chloe, "Who plays on Friday?", group=club)
    remark = actions.comment(chloe, mine, "Or on Sunday.")
    pipeline.drain()
    mailoutbox.clear()
    actions.follow_group(chloe, club, Level.MUTED)
    actions.create_post(alice, "Hello @chloe", group=club)
    actions.react(bob, mine)
    actions.bookmark(bob, mine)
    actions.comment(bob, mine, "@chloe I do.", parent=remark)
    pipeline.drain()

    assert told(chloe) == []
    assert mailoutbox == []
    mine_alone = Event.objects.filter(recipient=chloe, outcome=Event.Outcome.MUTED)
    assert sorted(mine_alone.values_list("kind", flat=True)) == ["BOOKMARK", "LIKE", "MENTION", "MENTION"]


def test_a_muted_post_is_quiet_and_its_group_is_not(club: Group, alice: User, bob: User) -> None:
    post, other = (actions.create_post(bob, text, group=club) for text in ("One", "Two"))
    actions.follow_post(bob, post, Level.MUTED)
    actions.comment(alice, post, "Well")
    actions.comment(alice, other, "Well, well")
    pipeline.drain()

    assert list(Notification.objects.of(bob).values_list("target_id", flat=True)) == [other.pk]


def test_a_post_is_followed_apart_from_its_group(club: Group, alice: User, bob: User, chloe: User) -> None:
    post = actions.create_post(alice, "One", group=club)
    pipeline.drain()
    Notification.objects.all().delete()
    actions.follow_group(bob, club, Level.WATCHING)
    actions.follow_post(bob, post, Level.NORMAL)
    actions.follow_group(chloe, club, Level.MUTED)
    actions.follow_post(chloe, post, Level.WATCHING)
    actions.comment(alice, post, "Well")
    pipeline.drain()

    assert (told(bob), told(chloe)) == ([], ["COMMENT"])


@pytest.mark.parametrize("level", [Level.NORMAL, Level.MUTED])
def test_what_waits_for_a_watcher_is_stopped_when_they_watch_no_more(
    post: Post, bob: User, chloe: User, level: Level, mailoutbox: list[Any]
) -> None:
    actions.follow_post(chloe, post, Level.WATCHING)
    actions.comment(bob, post, "Any left?")
    while pipeline.expand_next():
        pass
    actions.comment(bob, post, "None?")
    actions.follow_post(chloe, post, level)
    pipeline.drain()

    assert mailed(chloe, mailoutbox) == []
    reasons = Delivery.objects.filter(recipient=chloe).values_list("reason", flat=True)
    assert list(reasons) == ["muted" if level == Level.MUTED else "unwatched"]
    assert Notification.objects.of(chloe).get().actors_count == 1


def test_leaving_the_group_ends_it(club: Group, group: Group, alice: User, bob: User) -> None:
    private = actions.create_post(alice, "Between us", group=group)
    public = actions.create_post(alice, "For all", group=club)
    for place, post in ((group, private), (club, public)):
        actions.follow_group(bob, place, Level.WATCHING)
        actions.follow_post(bob, post, Level.WATCHING)
    pipeline.drain()
    Notification.objects.all().delete()
    actions.comment(alice, private, "Still between us")
    actions.create_post(alice, "More", group=club)
    for place in (group, club):
        actions.leave_group(bob, place)
    actions.comment(alice, public, "Everybody may read it, so bob still watches it")
    pipeline.drain()

    assert list(Notification.objects.of(bob).values_list("target_id", flat=True)) == [public.pk]
    assert list(Rule.objects.of(bob).values_list("scope", "target_id")) == [("thread", public.pk)]


def test_a_mute_outlasts_leaving(club: Group, alice: User, bob: User) -> None:
    actions.follow_group(bob, club, Level.MUTED)
    actions.leave_group(bob, club)
    actions.create_post(alice, "Where is @bob?", group=club)
    pipeline.drain()

    assert told(bob) == []


def test_only_members_watch_a_group_and_nobody_what_they_cannot_see(
    club: Group, private_post: Post, bob: User, chloe: User
) -> None:
    actions.leave_group(bob, club)
    with pytest.raises(PermissionDenied):
        actions.follow_group(bob, club, Level.WATCHING)
    for level in Level:
        with pytest.raises(PermissionDenied):
            actions.follow_post(chloe, private_post, level)
    assert not Rule.objects.exists()


def test_a_rule_that_says_nothing_is_not_kept(club: Group, bob: User, alice: User) -> None:
    post = actions.create_post(alice, "One", group=club)
    for level in (Level.MUTED, Level.WATCHING, Level.NORMAL):
        actions.follow_group(bob, club, level)
        actions.follow_post(bob, post, level)
    assert not Rule.objects.exists()


def test_rules_go_with_what_they_are_about(club: Group, bob: User, alice: User) -> None:
    post = actions.create_post(alice, "One", group=club)
    actions.follow_group(bob, club, Level.MUTED)
    actions.follow_post(bob, post, Level.WATCHING)
    actions.delete_post(alice, post)
    assert [rule.scope for rule in Rule.objects.all()] == ["place"]
    actions.delete_group(alice, club)
    assert not Rule.objects.exists()


def test_a_deleted_comment_is_taken_back_from_watchers(post: Post, bob: User, chloe: User) -> None:
    actions.follow_post(chloe, post, Level.WATCHING)
    comment = actions.comment(bob, post, "Any left?")
    while pipeline.expand_next():
        pass
    actions.delete_comment(bob, comment)

    assert told(chloe) == []
    assert Delivery.objects.get(recipient=chloe).reason == "undone"


def test_whoever_begins_to_watch_is_not_told_of_what_was_said_before(
    post: Post, bob: User, chloe: User
) -> None:
    comment = actions.comment(bob, post, "Any left?")
    pipeline.drain()
    actions.follow_post(chloe, post, Level.WATCHING)

    assert missing(COMMENTED, comment.created_at, comment.created_at) == []


def test_watchers_are_served_in_a_fixed_number_of_statements(
    post: Post, bob: User, make_user: MakeUser, count_queries: Any
) -> None:
    def batch(watchers: int) -> int:
        for _ in range(watchers):
            actions.follow_post(make_user(f"w{User.objects.count()}"), post, Level.WATCHING)
        actions.comment(bob, post, f"Comment {watchers}")
        return int(count_queries(lambda: [pipeline.expand_next() for _ in range(4)]))

    batch(1)
    assert batch(2) == batch(8)
