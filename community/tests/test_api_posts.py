"""/api/posts and /api/posts/<id>."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post

Api = Callable[[User | None], APIClient]
KEYS = {
    "id", "author", "group", "title", "content", "content_html", "created_at", "reactions", "likes_count",
    "comments_count", "bookmarks_count", "liked", "bookmarked",
}  # fmt: skip


def test_a_post_has_what_the_contract_names(alice: User, bob: User, post: Post, api: Api) -> None:
    actions.react(bob, post)
    actions.react(alice, post, "love")
    actions.comment(bob, post, "Two for me.")
    actions.bookmark(bob, post)
    shown = api(bob).get(f"/api/posts/{post.pk}").json()
    assert set(shown) == KEYS
    assert shown["author"] == {"id": alice.pk, "username": "alice", "name": "Alice"}
    assert shown["group"] is None
    assert shown["reactions"] == {"like": 1, "love": 1, "laugh": 0, "wow": 0, "sad": 0}
    counts = (shown["likes_count"], shown["comments_count"], shown["bookmarks_count"])
    assert counts == (1, 1, 1)
    assert (shown["liked"], shown["bookmarked"]) == (True, True)
    assert shown["created_at"].endswith("Z")
    theirs = api(alice).get(f"/api/posts/{post.pk}").json()
    assert (theirs["liked"], theirs["bookmarked"]) == (False, False)


def test_a_post_is_written_as_markdown_and_given_as_safe_html(alice: User, api: Api) -> None:
    body = {"content": "**Hello** <script>alert(1)</script>", "title": "  A   title "}
    response = api(alice).post("/api/posts", body, format="json")
    assert response.status_code == 201
    shown = response.json()
    assert set(shown) == KEYS
    assert shown["title"] == "A title"
    assert "<strong>Hello</strong>" in shown["content_html"]
    assert "<script>" not in shown["content_html"]
    assert Post.objects.get().author == alice


def test_a_post_can_be_written_in_a_group(bob: User, group: Group, api: Api) -> None:
    response = api(bob).post("/api/posts", {"content": "Hello", "group": group.slug}, format="json")
    assert response.status_code == 201
    assert response.json()["group"] == {"slug": group.slug, "name": group.name}


@pytest.mark.parametrize("group", [None, ""])
def test_no_group_is_no_group(alice: User, api: Api, group: object) -> None:
    response = api(alice).post("/api/posts", {"content": "Hello", "group": group}, format="json")
    assert response.json()["group"] is None


def test_a_hidden_group_and_a_missing_one_are_told_alike(chloe: User, group: Group, api: Api) -> None:
    answers = [
        api(chloe).post("/api/posts", {"content": "Hello", "group": slug}, format="json")
        for slug in (group.slug, "never-was")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content
    assert list(answers[0].json()) == ["group"]


def test_who_only_looks_into_a_public_group_may_not_post_in_it(alice: User, chloe: User, api: Api) -> None:
    public = actions.create_group(alice, "Gardeners")
    response = api(chloe).post("/api/posts", {"content": "Hello", "group": public.slug}, format="json")
    assert response.status_code == 403
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": ""}, "content"),
        ({"content": "  \n "}, "content"),
        ({"content": None}, "content"),
        ({"content": 5}, "content"),
        ({"content": ["x"]}, "content"),
        ({"content": {"x": 1}}, "content"),
        ({"content": "x" * 20_001}, "content"),
        ({"content": "x", "title": "x" * 151}, "title"),
        ({"content": "x", "title": None}, "title"),
        ({"content": "x", "group": 5}, "group"),
        ({"content": "x", "group": "x" * 61}, "group"),
    ],
)
def test_what_is_wrong_is_named(alice: User, api: Api, body: object, field: str) -> None:
    response = api(alice).post("/api/posts", body, format="json")
    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_the_author_changes_what_is_given(alice: User, post: Post, api: Api) -> None:
    client = api(alice)
    assert client.patch(f"/api/posts/{post.pk}", {"title": ""}, format="json").json()["title"] == ""
    changed = client.patch(f"/api/posts/{post.pk}", {"content": "All gone."}, format="json").json()
    assert changed["content"] == "All gone."
    assert "All gone." in changed["content_html"]
    assert client.patch(f"/api/posts/{post.pk}", {"content": ""}, format="json").status_code == 400


def test_nothing_undeclared_is_assigned(alice: User, bob: User, post: Post, group: Group, api: Api) -> None:
    before = Post.objects.values().get()
    extra = {"id": 99, "author": bob.pk, "author_id": bob.pk, "group": group.slug, "created_at": "2001-01-01"}
    assert api(alice).patch(f"/api/posts/{post.pk}", extra, format="json").status_code == 200
    assert Post.objects.values().get() == before


def test_others_may_neither_change_nor_delete_it(bob: User, post: Post, api: Api) -> None:
    client = api(bob)
    assert client.patch(f"/api/posts/{post.pk}", {"content": "Mine."}, format="json").status_code == 403
    assert client.delete(f"/api/posts/{post.pk}").status_code == 403
    assert Post.objects.get().content == post.content


def test_deleting_takes_it_away(alice: User, post: Post, api: Api) -> None:
    client = api(alice)
    assert client.delete(f"/api/posts/{post.pk}").status_code == 204
    assert client.delete(f"/api/posts/{post.pk}").status_code == 404
    assert client.get(f"/api/posts/{post.pk}").status_code == 404


def test_the_list_shows_what_the_person_may_see(
    alice: User, bob: User, chloe: User, post: Post, private_post: Post, api: Api
) -> None:
    def seen(user: User, query: str = "") -> list[int]:
        return [row["id"] for row in api(user).get(f"/api/posts{query}").json()["results"]]

    assert seen(bob) == [private_post.pk, post.pk]
    assert seen(chloe) == [post.pk]
    assert private_post.group is not None
    assert seen(bob, f"?group={private_post.group.slug}") == [private_post.pk]
    assert seen(chloe, f"?group={private_post.group.slug}") == []
    assert seen(chloe, "?author=ALICE") == [post.pk]
    assert seen(chloe, "?author=bob") == []


@pytest.mark.parametrize(
    "post_id", ["0", "999999", str(2**63), "9" * 19, "9" * 5000, "-1", "x", "1.0", "%00"]
)
def test_an_id_that_nothing_has_is_not_found(alice: User, api: Api, post_id: str) -> None:
    for path in (f"/api/posts/{post_id}", f"/api/posts/{post_id}/comments"):
        response = api(alice).get(path)
        assert response.status_code == 404
        assert list(response.json()) == ["detail"]


def test_an_invisible_post_is_like_a_missing_one(chloe: User, private_post: Post, api: Api) -> None:
    client = api(chloe)
    for method in ("get", "patch", "delete"):
        hidden, missing = (
            getattr(client, method)(f"/api/posts/{pk}", {"content": "x"}, format="json")
            for pk in (private_post.pk, private_post.pk + 1000)
        )
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content == missing.content
        assert set(hidden.headers.items()) ^ set(missing.headers.items()) <= {
            (name, answer[name]) for answer in (hidden, missing) for name in ("Expires", "X-Request-ID")
        }


@pytest.mark.both_databases
def test_a_long_page_takes_as_many_queries_as_a_short_one(
    alice: User, bob: User, api: Api, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def write(number: int) -> None:
        post = actions.create_post(alice, f"Number {number}.")
        actions.react(bob, post)
        actions.comment(bob, post, "Yes.")
        actions.bookmark(bob, post)

    client = api(bob)
    write(0)
    one = count_queries(lambda: client.get("/api/posts"))
    bookmarks = count_queries(lambda: client.get("/api/bookmarks"))
    for number in range(1, 20):
        write(number)
    assert count_queries(lambda: client.get("/api/posts")) == one <= 6
    assert count_queries(lambda: client.get("/api/bookmarks")) == bookmarks <= 6
