"""Pages of lists: whole at any depth, while rows come and go."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post

Api = Callable[[User | None], APIClient]
pytestmark = pytest.mark.both_databases


@pytest.fixture
def posts(alice: User) -> list[Post]:
    """Twelve, newest first; each three share a moment, so that only the id tells them apart."""
    now = timezone.now()
    written = [
        actions.create_post(alice, f"Number {n}.", at=now - timedelta(hours=n // 3)) for n in range(12)
    ]
    return sorted(written, key=lambda post: (post.created_at, post.pk), reverse=True)


def pages(client: APIClient, path: str) -> Iterator[dict[str, Any]]:
    following: str | None = path
    while following:
        body: dict[str, Any] = client.get(following).json()
        yield body
        following = body["next"]


def ids(body: dict[str, Any]) -> list[int]:
    return [row["id"] for row in body["results"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 11, 12, 13])
def test_following_next_shows_everything_once(bob: User, posts: list[Post], api: Api, limit: int) -> None:
    found = list(pages(api(bob), f"/api/posts?limit={limit}"))
    assert [pk for body in found for pk in ids(body)] == [post.pk for post in posts]
    assert [body["offset"] for body in found] == list(range(0, 12, limit))
    assert {body["total"] for body in found} == {12}
    assert {body["limit"] for body in found} == {limit}
    assert found[-1]["next"] is None


def test_what_arrives_meanwhile_neither_repeats_nor_skips(
    alice: User, bob: User, posts: list[Post], api: Api
) -> None:
    seen = []
    for body in pages(api(bob), "/api/posts?limit=2"):
        seen += ids(body)
        actions.create_post(alice, f"News number {len(seen)}.")
    assert seen == [post.pk for post in posts]


def test_what_goes_meanwhile_skips_nothing_else(alice: User, bob: User, posts: list[Post], api: Api) -> None:
    seen = []
    for body in pages(api(bob), "/api/posts?limit=3"):
        seen += ids(body)
        actions.delete_post(alice, Post.objects.get(pk=ids(body)[-1]))  # the very row the cursor names
    assert seen == [post.pk for post in posts]


def test_the_link_keeps_the_filters_and_is_whole(bob: User, posts: list[Post], api: Api) -> None:
    body = api(bob).get("/api/posts?author=alice&limit=4&offset=4").json()
    assert ids(body) == [post.pk for post in posts[4:8]]
    link = urlsplit(body["next"])
    assert (link.scheme, link.netloc, link.path) == ("http", "testserver", "/api/posts")
    query = parse_qs(link.query)
    assert set(query) == {"author", "limit", "cursor"}
    assert ids(api(bob).get(body["next"]).json()) == [post.pk for post in posts[8:]]


def test_offset_and_limit_show_that_part(bob: User, posts: list[Post], api: Api) -> None:
    for offset in range(13):
        body = api(bob).get(f"/api/posts?limit=5&offset={offset}").json()
        assert ids(body) == [post.pk for post in posts[offset : offset + 5]]
        assert (body["next"] is None) is (offset + 5 >= 12)


@pytest.mark.parametrize("offset", [12, 1000, 10**18, 2**63, 10**30])
def test_beyond_the_end_is_an_empty_page(bob: User, posts: list[Post], api: Api, offset: int) -> None:
    response = api(bob).get(f"/api/posts?offset={offset}")
    assert response.status_code == 200
    assert (response.json()["results"], response.json()["next"]) == ([], None)


@pytest.mark.parametrize("limit", [100, 101, 10**6, 10**30])
def test_a_page_has_a_hundred_rows_at_the_most(bob: User, posts: list[Post], api: Api, limit: int) -> None:
    assert api(bob).get(f"/api/posts?limit={limit}").json()["limit"] == 100


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=x", "limit=1.5", "limit=1e3", "limit=%00", "limit=" + "9" * 5000,
     "offset=-1", "offset=x", "offset=NaN", "offset=" + "9" * 5000, "offset=0x10",
     "cursor=x", "cursor=a:b:c", "cursor=%00", "cursor=%F0%9F%94%94", "cursor=" + "x" * 3000],
)  # fmt: skip
@pytest.mark.parametrize("path", ["posts", "notifications", "bookmarks", "groups"])
def test_garbage_is_named(bob: User, api: Api, path: str, query: str) -> None:
    response = api(bob).get(f"/api/{path}?{query}")
    assert response.status_code == 400
    assert list(response.json()) == [query.partition("=")[0]]


def test_the_cursor_of_another_list_is_refused(bob: User, posts: list[Post], api: Api) -> None:
    cursor = parse_qs(urlsplit(api(bob).get("/api/posts?limit=1").json()["next"]).query)["cursor"][0]
    assert api(bob).get("/api/groups", {"cursor": cursor}).status_code == 400
    assert api(bob).get("/api/posts", {"cursor": cursor + "x"}).status_code == 400
    assert api(bob).get("/api/posts/", {"cursor": cursor}).status_code == 200


def test_groups_go_on_by_name(alice: User, bob: User, api: Api) -> None:
    names = ["Bees", "Choir", "Ähren", "apples", "Gardeners"]
    for name in names:
        actions.create_group(alice, name)
    slugs = [row["slug"] for body in pages(api(bob), "/api/groups?limit=2") for row in body["results"]]
    assert slugs == list(Group.objects.order_by("name", "pk").values_list("slug", flat=True))


def test_a_page_at_any_depth_reads_no_further_than_its_end(
    bob: User, posts: list[Post], api: Api, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    """The total is counted for the first page alone."""
    client = api(bob)
    following = client.get("/api/posts?limit=2").json()["next"]
    first = count_queries(lambda: client.get("/api/posts?limit=2"))
    assert count_queries(lambda: client.get(following)) == first - 1
