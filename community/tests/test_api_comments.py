"""/api/posts/<id>/comments and /api/comments/<id>."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Comment, Post

Api = Callable[[User | None], APIClient]
KEYS = {"id", "post", "parent", "author", "content", "content_html", "created_at", "replies_count"}


def test_a_comment_has_what_the_contract_names(bob: User, post: Post, api: Api) -> None:
    response = api(bob).post(f"/api/posts/{post.pk}/comments", {"content": "*Two* for me."}, format="json")
    assert response.status_code == 201
    written = response.json()
    assert set(written) == KEYS
    assert written["author"] == {"id": bob.pk, "username": "bob", "name": "Bob"}
    assert (written["post"], written["parent"], written["replies_count"]) == (post.pk, None, 0)
    assert "<em>Two</em>" in written["content_html"]
    assert api(bob).get(f"/api/comments/{written['id']}").json() == written


def test_replies_make_a_tree(alice: User, bob: User, post: Post, api: Api) -> None:
    first = actions.comment(bob, post, "Two for me.")
    body = {"content": "With pleasure.", "parent": first.pk}
    reply = api(alice).post(f"/api/posts/{post.pk}/comments", body, format="json").json()
    assert reply["parent"] == first.pk
    rows = api(bob).get(f"/api/posts/{post.pk}/comments").json()["results"]
    assert [(row["id"], row["replies_count"]) for row in rows] == [(first.pk, 1), (reply["id"], 0)]


@pytest.mark.parametrize("parent", ["elsewhere", "deleted", "missing", 2**80, -1, 0, "7", True, [1], 1.5])
def test_a_parent_that_is_not_here_is_named(
    alice: User, bob: User, post: Post, api: Api, parent: object
) -> None:
    deleted = actions.comment(bob, post, "Gone.")
    actions.comment(alice, post, "Why?", parent=deleted)
    actions.delete_comment(bob, deleted)
    other = actions.comment(bob, actions.create_post(alice, "Another."), "Elsewhere.")
    named = {"elsewhere": other.pk, "deleted": deleted.pk, "missing": 999_999}
    body = {"content": "Hello", "parent": named.get(str(parent), parent)}
    response = api(bob).post(f"/api/posts/{post.pk}/comments", body, format="json")
    assert response.status_code == 400
    assert list(response.json()) == ["parent"]


@pytest.mark.parametrize("content", ["", "  ", None, 5, [], "x" * 5001])
def test_what_is_wrong_with_the_words_is_named(bob: User, post: Post, api: Api, content: object) -> None:
    for method, path in (("post", f"/api/posts/{post.pk}/comments"), ("patch", "")):
        target = path or f"/api/comments/{actions.comment(bob, post, 'Mine.').pk}"
        response = getattr(api(bob), method)(target, {"content": content}, format="json")
        assert response.status_code == 400
        assert list(response.json()) == ["content"]


def test_the_author_changes_the_words_and_nothing_else(alice: User, bob: User, post: Post, api: Api) -> None:
    mine = actions.comment(bob, post, "Mine.")
    extra = {"author": alice.pk, "post": 99, "parent": mine.pk, "created_at": "2001-01-01T00:00:00Z", "id": 7}
    response = api(bob).patch(f"/api/comments/{mine.pk}", {"content": "Ours."} | extra, format="json")
    assert response.status_code == 200
    stored = Comment.objects.get()
    assert (stored.content, stored.author, stored.post, stored.parent) == ("Ours.", bob, post, None)
    assert api(bob).patch(f"/api/comments/{mine.pk}", {}, format="json").json()["content"] == "Ours."
    refused = api(alice).patch(f"/api/comments/{mine.pk}", {"content": "Hers."}, format="json")
    assert refused.status_code == 403


def test_deleting_takes_it_away_and_leaves_the_replies(alice: User, bob: User, post: Post, api: Api) -> None:
    first = actions.comment(bob, post, "Two for me.")
    reply = actions.comment(alice, post, "With pleasure.", parent=first)
    client = api(bob)
    assert client.delete(f"/api/comments/{reply.pk}").status_code == 403
    assert client.delete(f"/api/comments/{first.pk}").status_code == 204
    assert client.delete(f"/api/comments/{first.pk}").status_code == 404
    assert client.get(f"/api/comments/{first.pk}").status_code == 404
    listed = client.get(f"/api/posts/{post.pk}/comments").json()
    assert [row["id"] for row in listed["results"]] == [reply.pk]
    assert listed["total"] == client.get(f"/api/posts/{post.pk}").json()["comments_count"] == 1


def test_comments_on_what_cannot_be_seen_are_not_there(
    alice: User, chloe: User, private_post: Post, api: Api
) -> None:
    hidden = actions.comment(alice, private_post, "Between us.")
    client = api(chloe)
    for method in ("get", "patch", "delete"):
        answers = [
            getattr(client, method)(f"/api/comments/{pk}", {"content": "x"}, format="json")
            for pk in (hidden.pk, hidden.pk + 1000)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    for method in ("get", "post"):
        path = f"/api/posts/{private_post.pk}/comments"
        assert getattr(client, method)(path, {"content": "x"}, format="json").status_code == 404


@pytest.mark.both_databases
def test_a_long_thread_takes_as_many_queries_as_a_short_one(
    alice: User, bob: User, post: Post, api: Api, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    first = actions.comment(bob, post, "First.")
    path = f"/api/posts/{post.pk}/comments"
    one = count_queries(lambda: api(bob).get(path))
    for number in range(20):
        actions.comment(alice if number % 2 else bob, post, f"Number {number}.", parent=first)
    assert count_queries(lambda: api(bob).get(path)) == one <= 5
