"""/api/notifications: one's own inbox."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.inbox import actions as inbox
from notifications.models import Notification

from .scenes import a_like, likes

Api = Callable[[User | None], APIClient]
KEYS = {
    "id", "type", "title", "message", "actor", "actors_count", "target_type", "target_id", "target_url",
    "priority", "is_read", "read_at", "created_at", "seen_at", "done_at", "saved_at", "snoozed_until",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_notification_has_what_the_contract_names(alice: User, bob: User, post: Post, api: Api) -> None:
    actions.react(bob, post)
    body = api(alice).get("/api/notifications").json()
    (shown,) = body["notifications"]
    assert set(body) == {"notifications", "total", "limit", "offset", "unread_count", "next"}
    assert set(shown) == KEYS
    assert shown["type"] == "LIKE"
    assert shown["title"] == "Bob liked “Seedlings to give away”"
    assert shown["actor"] == {"id": bob.pk, "username": "bob", "name": "Bob"}
    assert (shown["target_type"], shown["target_id"]) == ("post", post.pk)
    assert shown["target_url"] == f"/posts/{post.pk}/"
    assert (shown["priority"], shown["actors_count"]) == ("about_you", 1)
    assert (shown["is_read"], shown["read_at"]) == (False, None)
    assert (body["total"], body["limit"], body["offset"], body["unread_count"]) == (1, 50, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_a_bookmark_never_says_whose_it_is(alice: User, bob: User, post: Post, api: Api) -> None:
    actions.bookmark(bob, post)
    response = api(alice).get("/api/notifications")
    (shown,) = response.json()["notifications"]
    assert (shown["type"], shown["actor"], shown["priority"]) == ("BOOKMARK", None, "around_you")
    assert "bob" not in response.content.decode().lower()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_of_what_is_out_of_sight(
    alice: User, bob: User, group: Group, private_post: Post, api: Api
) -> None:
    actions.comment(alice, private_post, "Come at eight, @bob.")
    mine = Notification.objects.of(bob).filter(kind="MENTION")
    inbox.mark_read(mine.get())  # what is read stays when its reader leaves
    actions.leave_group(bob, group)
    response = api(bob).get("/api/notifications?type=MENTION")
    (shown,) = response.json()["notifications"]
    assert (shown["actor"], shown["target_url"]) == (None, "")
    for secret in ("heating", "eight", "alice"):
        assert secret not in response.content.decode().lower()


def test_unread_and_kinds_can_be_asked_for(alice: User, bob: User, post: Post, api: Api) -> None:
    rows = likes(alice, bob, post, 3)
    comment = a_like(alice, bob, post, number=9, kind="COMMENT")
    inbox.mark_read(rows[0])
    client = api(alice)

    def listed(query: str) -> set[int]:
        body = client.get(f"/api/notifications?{query}").json()
        assert body["total"] == len(body["notifications"])
        assert body["unread_count"] == 3
        return {row["id"] for row in body["notifications"]}

    every = {row.pk for row in [*rows, comment]}
    assert listed("") == listed("unread_only=false") == listed("unread_only=0") == every
    assert listed("unread_only=&type=&limit=&offset=&cursor=") == every
    assert listed("unread_only=true") == listed("unread_only=1") == every - {rows[0].pk}
    assert listed("type=COMMENT") == {comment.pk}
    assert listed("type=LIKE&unread_only=true") == {rows[1].pk, rows[2].pk}
    assert listed("type=BOOKMARK") == set()


@pytest.mark.parametrize("query", ["type=NONSENSE", "type=like", "type=%00", "unread_only=perhaps"])
def test_a_filter_that_there_is_not_is_named(alice: User, api: Api, query: str) -> None:
    response = api(alice).get(f"/api/notifications?{query}")
    assert response.status_code == 400
    assert list(response.json()) == [query.partition("=")[0]]


def test_reading_is_idempotent_and_the_first_time_stays(alice: User, bob: User, post: Post, api: Api) -> None:
    row = a_like(alice, bob, post)
    answers = [api(alice).patch(f"/api/notifications/{row.pk}/read") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert set(answers[0].json()) == {"id", "is_read", "read_at"}
    assert answers[0].json()["is_read"] is True
    assert api(alice).get("/api/notifications/unread-count").json() == {"unread_count": 0}


def test_all_can_be_marked_read(alice: User, bob: User, post: Post, api: Api) -> None:
    likes(alice, bob, post, 3)
    theirs = a_like(bob, alice, post, number=7)
    client = api(alice)
    assert client.get("/api/notifications/unread-count").json() == {"unread_count": 3}
    assert client.post("/api/notifications/mark-all-read").json() == {"marked_as_read": 3}
    assert client.post("/api/notifications/mark-all-read").json() == {"marked_as_read": 0}
    theirs.refresh_from_db()
    assert not theirs.is_read


def test_deleting_takes_it_out_of_the_inbox(alice: User, bob: User, post: Post, api: Api) -> None:
    row = a_like(alice, bob, post)
    response = api(alice).delete(f"/api/notifications/{row.pk}")
    assert response.status_code == 200
    assert list(response.json()) == ["message"]
    assert api(alice).delete(f"/api/notifications/{row.pk}").status_code == 404
    assert api(alice).patch(f"/api/notifications/{row.pk}/read").status_code == 404
    assert api(alice).get("/api/notifications").json()["total"] == 0


def test_anothers_notification_is_not_there(alice: User, bob: User, post: Post, api: Api) -> None:
    row = a_like(alice, bob, post)
    for method, rest in (("patch", "/read"), ("delete", "")):
        theirs, missing = (
            getattr(api(bob), method)(f"/api/notifications/{pk}{rest}") for pk in (row.pk, row.pk + 1000)
        )
        assert theirs.status_code == missing.status_code == 404
        assert theirs.content == missing.content
    row.refresh_from_db()
    assert (row.read_at, row.deleted_at) == (None, None)
    assert api(bob).get("/api/notifications").json()["total"] == 0


def test_the_unread_count_is_exact_past_what_the_bell_shows(
    alice: User, bob: User, post: Post, api: Api
) -> None:
    Notification.objects.bulk_create(
        Notification(
            recipient=alice, event_id=n, kind="LIKE", group_key=str(n), actor=bob, actor_ids=[bob.pk],
            target_type="post", target_id=post.pk, object_id=n, created_at=timezone.now(),
        )
        for n in range(130)
    )  # fmt: skip
    assert api(alice).get("/api/notifications/unread-count").json() == {"unread_count": 130}
    assert api(alice).get("/api/notifications?limit=1").json()["unread_count"] == 130


@pytest.mark.both_databases
def test_a_long_page_takes_as_many_queries_as_a_short_one(
    alice: User, bob: User, post: Post, api: Api, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    a_like(alice, bob, post, number=99)
    one = count_queries(lambda: api(alice).get("/api/notifications"))
    likes(alice, bob, post, 20)
    assert count_queries(lambda: api(alice).get("/api/notifications")) == one <= 6
