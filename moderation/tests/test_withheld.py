"""What was hidden or removed is nowhere: pages, API, search, counts, feed, inbox and mails."""

from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from community import actions as community
from community.engagement_counts import with_engagement
from community.models import Comment, Group, Post
from community.permissions import may_see_post
from conftest import Browse
from moderation import actions
from notifications.models import Delivery, Notification
from notifications.outbox import pipeline

from .conftest import FlagIt

pytestmark = pytest.mark.django_db
WORD = "xylophone"


def decide(flagged: FlagIt, thing: Any, by: User, reviewer: User, action: str) -> None:
    actions.decide(reviewer, flagged(thing, by), action, "Not here.")
    thing.refresh_from_db()


@pytest.mark.both_databases
@pytest.mark.parametrize("action", ["hide", "remove"])
def test_a_withheld_post_is_shown_to_its_author_and_to_reviewers_at_most(
    browse: Browse, api: Any, flagged: FlagIt, alice: User, bob: User, chloe: User, dora: User, action: str
) -> None:
    post = community.create_post(alice, f"A {WORD}, cheap.", title=WORD)
    community.bookmark(chloe, post)
    decide(flagged, post, bob, dora, action)
    page = post.get_absolute_url()
    for user, sees in ((chloe, False), (alice, action == "hide"), (dora, action == "hide")):
        browser, client = browse(user), api(user)
        assert may_see_post(user, post) == sees
        assert browser.get(page).status_code == (200 if sees else 404)
        assert client.get(f"/api/posts/{post.pk}").status_code == (200 if sees else 404)
        assert (WORD in str(client.get("/api/posts").json())) == sees
        for path in ("/", f"/u/{alice.username}/", f"/search/?q={WORD}&kind=posts", "/bookmarks/"):
            shown = f"/posts/{post.pk}/" in browser.get(path).content.decode()
            assert shown == (sees and (path != "/bookmarks/" or user == chloe)), path
    assert browse(alice).get(f"{page}edit/").status_code == (403 if action == "hide" else 404)


@pytest.mark.both_databases
def test_a_hidden_comment_leaves_its_place_and_no_word(
    browse: Browse, api: Any, flagged: FlagIt, alice: User, bob: User, chloe: User, dora: User, post: Post
) -> None:
    comment = community.comment(bob, post, f"A {WORD}.")
    reply = community.comment(chloe, post, "An answer.", parent=comment)
    decide(flagged, comment, chloe, dora, "hide")
    thread = browse(chloe).get(post.get_absolute_url()).content.decode()
    assert WORD not in thread
    assert "This comment is hidden." in thread
    assert "An answer." in thread
    assert WORD in browse(bob).get(post.get_absolute_url()).content.decode()
    [view] = with_engagement([post], chloe)
    assert view.comments_count == 1
    listed = api(chloe).get(f"/api/posts/{post.pk}/comments").json()
    assert [row["id"] for row in listed["results"]] == [reply.pk]
    assert api(chloe).get(f"/api/comments/{comment.pk}").status_code == 404
    assert (
        WORD
        not in browse(chloe)
        .get(f"/search/?q={WORD}&kind=comments")
        .content.decode()
        .split("<main")[1]
        .split("</form>")[-1]
    )
    assert "parent" in api(chloe).post(
        f"/api/posts/{post.pk}/comments", {"content": "More.", "parent": comment.pk}, format="json"
    ).json()  # fmt: skip


def test_what_was_told_of_it_is_taken_back_and_its_mail_is_not_sent(
    settings: Settings, flagged: FlagIt, alice: User, bob: User, chloe: User, dora: User, post: Post
) -> None:
    settings.NOTIFICATION_EMAIL_DELAY_SECONDS = 300
    said = community.comment(bob, post, f"Look, a {WORD}!")
    pipeline.drain()
    assert Notification.objects.filter(kind="COMMENT").count() == 1
    assert Delivery.objects.get(recipient=alice).state == Delivery.State.PENDING
    decide(flagged, said, chloe, dora, "hide")
    pipeline.drain()
    assert not Notification.objects.filter(kind="COMMENT").exists()
    assert Delivery.objects.get(recipient=alice).state == Delivery.State.SKIPPED


def test_a_like_of_a_hidden_post_is_told_to_nobody(
    flagged: FlagIt, alice: User, bob: User, dora: User, post: Post
) -> None:
    community.react(bob, post)
    decide(flagged, post, bob, dora, "hide")
    pipeline.drain()
    assert not Notification.objects.filter(kind="LIKE").exists()


@pytest.mark.both_databases
def test_a_hidden_group_is_closed_with_all_that_is_in_it(
    browse: Browse, api: Any, flagged: FlagIt, alice: User, bob: User, chloe: User, dora: User
) -> None:
    group = community.create_group(alice, f"The {WORD} club")
    community.join_group(bob, group)
    post = community.create_post(bob, "In it.", group=group)
    decide(flagged, group, chloe, dora, "hide")
    for user, sees in ((bob, False), (chloe, False), (alice, True), (dora, True)):
        browser = browse(user)
        assert browser.get(group.get_absolute_url()).status_code == (200 if sees else 404)
        assert api(user).get(f"/api/groups/{group.slug}").status_code == (200 if sees else 404)
        assert browser.get(post.get_absolute_url()).status_code == (200 if sees else 404)
        assert may_see_post(user, Post.objects.get(pk=post.pk)) == sees
        assert (WORD in browser.get("/").content.decode()) == sees


def test_a_hidden_profile_says_nothing_of_itself(
    browse: Browse, flagged: FlagIt, alice: User, bob: User, chloe: User, dora: User
) -> None:
    User.objects.filter(pk=alice.pk).update(bio=f"I sell a {WORD}.")
    decide(flagged, alice, bob, dora, "hide")
    assert WORD not in browse(chloe).get("/u/alice/").content.decode()
    assert "/u/alice/" not in browse(chloe).get("/search/?q=alice&kind=people").content.decode()
    assert "/u/alice/" not in browse(chloe).get("/").content.decode()
    assert WORD in browse(alice).get("/u/alice/").content.decode()


def test_a_thing_that_is_gone_can_only_be_dismissed(
    browse: Browse, flagged: FlagIt, alice: User, bob: User, dora: User, post: Post
) -> None:
    case = flagged(post, bob)
    community.delete_post(alice, post)
    browser = browse(dora)
    page = browser.get(case.get_absolute_url()).content.decode()
    assert "not there any more" in page
    assert "Take as many as you like." in page
    path = f"{case.get_absolute_url()}decide/"
    assert browser.post(path, {"action": "hide", "words": "x"}).status_code == 422
    assert browser.post(path, {"action": "dismiss"}).status_code == 303


def test_caretakers_see_what_was_hidden_in_their_group(
    browse: Browse, flagged: FlagIt, alice: User, bob: User, group: Group
) -> None:
    post = community.create_post(bob, "Between us.", group=group)
    case = flagged(post, alice)
    actions.decide(alice, case, "hide", "Not here.")
    assert browse(alice).get(post.get_absolute_url()).status_code == 200
    comment = Comment.objects.filter(post=post)
    assert not comment.exists()
