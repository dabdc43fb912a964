"""What is done in the administration is told, and taken back, like what is done on the site."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from community import actions
from community.models import Bookmark, Comment, Group, GroupMembership, Post, PostReaction
from notifications.models import Event, Notification

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss(make_user: Callable[..., User], browse: Callable[[User], Client]) -> Client:
    return browse(make_user("boss", is_staff=True, is_superuser=True))


def url(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:community_{model._meta.model_name}_{page}", args=args)


def delete(client: Client, row: Model) -> None:
    response = client.post(url(type(row), "delete", row.pk), {"post": "yes"})
    assert response.status_code == 302, response.content


def delete_all(client: Client, *rows: Model) -> None:
    data = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    response = client.post(url(type(rows[0]), "changelist"), data)
    assert response.status_code == 302, response.content


def inbox(user: User) -> list[str]:
    return list(Notification.objects.of(user).exclude(kind="LOGIN").values_list("kind", flat=True))


@pytest.mark.parametrize("how", [delete, delete_all])
def test_a_deleted_post_leaves_the_inboxes(
    how: Any, boss: Client, post: Post, alice: User, bob: User
) -> None:
    actions.react(bob, post)
    assert inbox(alice) == ["LIKE"]
    how(boss, post)
    assert inbox(alice) == []
    assert Event.objects.get(kind="LIKE").state == Event.State.RETRACTED


@pytest.mark.parametrize("how", [delete, delete_all])
def test_a_comment_with_replies_keeps_its_place(
    how: Any, boss: Client, post: Post, bob: User, chloe: User
) -> None:
    first = actions.comment(bob, post, "Any left?")
    reply = actions.comment(chloe, post, "Plenty.", parent=first)
    how(boss, first)
    first.refresh_from_db()
    assert (first.content, bool(first.deleted_at)) == ("", True)
    how(boss, reply)
    assert not Comment.objects.exists()


def test_a_whole_thread_goes_at_once(boss: Client, post: Post, alice: User, bob: User, chloe: User) -> None:
    first = actions.comment(bob, post, "Any left?")
    reply = actions.comment(chloe, post, "Plenty.", parent=first)
    delete_all(boss, first, reply)
    assert not Comment.objects.exists()
    assert inbox(alice) == []


def test_an_edited_comment_is_rendered_anew_and_calls_whom_it_names(
    boss: Client, post: Post, bob: User, chloe: User
) -> None:
    comment = actions.comment(bob, post, "Any left?")
    data = {"content": "Any left, @chloe?"}
    assert boss.post(url(Comment, "change", comment.pk), data).status_code == 302
    comment.refresh_from_db()
    assert "@chloe" in comment.content_html
    assert comment.edited_at
    assert inbox(chloe) == ["MENTION"]


def test_an_edited_post_is_rendered_anew(boss: Client, post: Post) -> None:
    assert boss.post(url(Post, "change", post.pk), {"title": "", "content": "**Gone.**"}).status_code == 302
    post.refresh_from_db()
    assert "<strong>Gone.</strong>" in post.content_html


@pytest.mark.parametrize("how", [delete, delete_all])
def test_a_deleted_group_takes_its_news_along(
    how: Any, boss: Client, group: Group, private_post: Post, alice: User, bob: User
) -> None:
    assert "GROUP_POST" in inbox(bob)
    how(boss, group)
    assert inbox(alice) == inbox(bob) == []


def test_closing_a_group_hides_it_from_strangers(boss: Client, alice: User, bob: User, chloe: User) -> None:
    open_group = actions.create_group(alice, "Choir")
    post = actions.create_post(alice, "Sing, @chloe", group=open_group)
    assert inbox(chloe) == ["MENTION"]
    data = {"name": "Choir", "description": "", "is_private": "on"}
    assert boss.post(url(Group, "change", open_group.pk), data).status_code == 302
    assert inbox(chloe) == []
    assert Post.objects.filter(pk=post.pk).exists()


@pytest.mark.parametrize("how", [delete, delete_all])
def test_a_deleted_membership_ends_the_news(
    how: Any, boss: Client, group: Group, private_post: Post, bob: User
) -> None:
    how(boss, GroupMembership.objects.get(group=group, user=bob))
    assert inbox(bob) == []


def test_a_group_gets_one_new_owner(boss: Client, group: Group, alice: User, bob: User) -> None:
    membership = GroupMembership.objects.get(group=group, user=bob)
    assert boss.post(url(GroupMembership, "change", membership.pk), {"role": "owner"}).status_code == 302
    roles = dict(group.memberships.values_list("user__username", "role"))
    assert roles == {"alice": "moderator", "bob": "owner"}


@pytest.mark.parametrize("how", [delete, delete_all])
def test_a_deleted_reaction_is_taken_back(how: Any, boss: Client, post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    how(boss, PostReaction.objects.get())
    assert inbox(alice) == []


def test_whose_bookmark_it_is_stays_private(boss: Client, post: Post, bob: User) -> None:
    actions.bookmark(bob, post)
    row = Bookmark.objects.get()
    for page in (url(Bookmark, "changelist"), url(Bookmark, "change", row.pk)):
        assert "Bob" not in boss.get(page).content.decode()


@pytest.mark.parametrize("model", [Post, Comment, Group, GroupMembership, PostReaction, Bookmark])
def test_nothing_is_made_here(model: type[Model], boss: Client) -> None:
    assert boss.get(url(model, "add")).status_code == 403
