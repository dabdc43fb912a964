"""Likes, other reactions and bookmarks: buttons that can be pressed any number of times."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Bookmark, Group, Post, PostReaction

Api = Callable[[User | None], APIClient]


def test_liking_twice_is_liking_once(bob: User, post: Post, api: Api) -> None:
    for _time in range(2):
        response = api(bob).post(f"/api/posts/{post.pk}/like")
        assert response.status_code == 200
        assert (response.json()["liked"], response.json()["likes_count"]) == (True, 1)
    for _time in range(2):
        response = api(bob).delete(f"/api/posts/{post.pk}/like")
        assert response.status_code == 200
        assert (response.json()["liked"], response.json()["likes_count"]) == (False, 0)


@pytest.mark.parametrize("reaction_type", PostReaction.Type.values)
def test_each_reaction_is_counted_by_itself(bob: User, post: Post, api: Api, reaction_type: str) -> None:
    path = f"/api/posts/{post.pk}/reactions/{reaction_type}"
    for _time in range(2):
        given = api(bob).post(path).json()
        assert given["reactions"][reaction_type] == sum(given["reactions"].values()) == 1
        assert given["my_reactions"] == [reaction_type]
        is_like = reaction_type == "like"
        assert (given["liked"], given["likes_count"]) == (is_like, int(is_like))
    for _time in range(2):
        assert sum(api(bob).delete(path).json()["reactions"].values()) == 0


def test_a_reaction_that_there_is_not_is_refused(bob: User, post: Post, api: Api) -> None:
    assert api(bob).post(f"/api/posts/{post.pk}/reactions/hate").status_code == 400
    assert api(bob).post(f"/api/posts/{post.pk}/reactions/LIKE").status_code == 404
    assert not PostReaction.objects.exists()


def test_bookmarking_twice_is_bookmarking_once(bob: User, post: Post, api: Api) -> None:
    path = f"/api/posts/{post.pk}/bookmark"
    for _time in range(2):
        assert api(bob).post(path).json() == {"bookmarked": True, "bookmarks_count": 1}
    for _time in range(2):
        assert api(bob).delete(path).json() == {"bookmarked": False, "bookmarks_count": 0}


def test_bookmarks_are_their_owners_alone_and_the_latest_comes_first(
    alice: User, bob: User, chloe: User, post: Post, api: Api
) -> None:
    older = actions.create_post(alice, "Older.")
    actions.bookmark(bob, post)
    actions.bookmark(bob, older)
    assert [row["id"] for row in api(bob).get("/api/bookmarks").json()["results"]] == [older.pk, post.pk]
    assert api(chloe).get("/api/bookmarks").json()["results"] == []


def test_a_bookmark_of_what_is_out_of_sight_is_not_shown(
    bob: User, group: Group, private_post: Post, api: Api
) -> None:
    actions.bookmark(bob, private_post)
    actions.leave_group(bob, group)
    shown = api(bob).get("/api/bookmarks").json()
    assert (shown["results"], shown["total"]) == ([], 0)
    assert Bookmark.objects.count() == 1


@pytest.mark.parametrize("what", ["like", "reactions/love", "bookmark"])
@pytest.mark.parametrize("method", ["post", "delete"])
def test_nothing_can_be_done_to_what_cannot_be_seen(
    chloe: User, private_post: Post, api: Api, what: str, method: str
) -> None:
    hidden, missing = (
        getattr(api(chloe), method)(f"/api/posts/{pk}/{what}")
        for pk in (private_post.pk, private_post.pk + 1000)
    )
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content
    assert not PostReaction.objects.exists()
    assert not Bookmark.objects.exists()
