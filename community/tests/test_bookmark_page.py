import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community import actions
from community.models import Group, Post
from conftest import Browse

pytestmark = pytest.mark.django_db


def headlines(response: object) -> list[str]:
    return [view.post.headline for view in response.context["views"]]  # type: ignore[attr-defined] # a test response


def test_the_latest_bookmark_stands_first(browse: Browse, alice: User, bob: User, post: Post) -> None:
    other = actions.create_post(alice, "Older bookmark, newer post.")
    actions.bookmark(bob, other)
    actions.bookmark(bob, post)
    assert headlines(browse(bob).get("/bookmarks/")) == [post.headline, other.headline]


def test_nobody_sees_the_bookmarks_of_others(browse: Browse, alice: User, bob: User, post: Post) -> None:
    actions.bookmark(bob, post)
    assert headlines(browse(alice).get("/bookmarks/")) == []


def test_what_went_out_of_sight_is_not_shown_until_it_comes_back(
    browse: Browse, alice: User, bob: User, group: Group, private_post: Post
) -> None:
    actions.bookmark(bob, private_post)
    client = browse(bob)
    assert headlines(client.get("/bookmarks/")) == [private_post.headline]
    actions.leave_group(bob, group)
    assert headlines(client.get("/bookmarks/")) == []
    actions.accept_request(alice, actions.join_group(bob, group))
    assert headlines(client.get("/bookmarks/")) == [private_post.headline]


def test_the_number_of_queries_does_not_grow_with_the_list(
    browse: Browse, alice: User, bob: User, post: Post, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actions.bookmark(bob, post)
    client = browse(bob)
    with django_assert_num_queries(9):
        client.get("/bookmarks/")
    for number in range(5):
        actions.bookmark(bob, actions.create_post(alice, f"Post {number}"))
    with django_assert_num_queries(9):
        client.get("/bookmarks/")
