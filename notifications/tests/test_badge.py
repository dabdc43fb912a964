"""GET /notifications/badge/: asked every few seconds by every open page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from community.models import Post
from notifications.inbox import actions as inbox
from notifications.inbox.states import Deed
from notifications.models import Notification

from .scenes import a_like, likes

pytestmark = pytest.mark.django_db
BADGE = "/notifications/badge/"
Browse = Callable[[User], Client]


def test_the_number_the_page_has_already_is_no_news(
    alice: User, bob: User, post: Post, browse: Browse
) -> None:
    client = browse(alice)
    assert client.get(BADGE, {"have": ""}).status_code == 204
    likes(alice, bob, post, 3)
    assert client.get(BADGE, {"have": "3"}).status_code == 204


def test_another_number_is_answered_with_the_bell(alice: User, bob: User, post: Post, browse: Browse) -> None:
    likes(alice, bob, post, 3)
    for query in ({"have": ""}, {"have": "2"}, {}):
        response = browse(alice).get(BADGE, query)
        assert response.status_code == 200
        assert 'data-badge="3"' in response.content.decode()
        assert 'aria-label="Inbox, 3 unread"' in response.content.decode()


def test_zero_is_an_empty_bell(alice: User, bob: User, post: Post, browse: Browse) -> None:
    inbox.mark_read(a_like(alice, bob, post))
    inbox.do(alice, [a_like(alice, bob, post, number=1).pk], Deed.DELETE)
    assert 'data-badge=""' in browse(alice).get(BADGE, {"have": "1"}).content.decode()


def test_from_a_hundred_on_it_says_so(alice: User, bob: User, post: Post, browse: Browse) -> None:
    likes(alice, bob, post, 100)
    assert 'data-badge="99+"' in browse(alice).get(BADGE).content.decode()


@pytest.mark.parametrize("count", [0, 1, 30])
def test_it_is_one_query_beside_who_asks_and_writes_nothing(
    count: int, alice: User, bob: User, post: Post, browse: Browse, django_assert_num_queries: Any
) -> None:
    likes(alice, bob, post, count)
    client = browse(alice)
    with django_assert_num_queries(3) as queries:  # session, person, count
        response = client.get(BADGE, {"have": "7"})
    assert all(query["sql"].lstrip().startswith("SELECT") for query in queries.captured_queries)
    assert not response.cookies


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(BADGE)["Location"].startswith("/accounts/login/")


def test_it_counts_nobody_elses(alice: User, bob: User, chloe: User, post: Post, browse: Browse) -> None:
    a_like(alice, bob, post)
    assert Notification.objects.unread_count_capped(chloe) == 0
    assert browse(chloe).get(BADGE, {"have": ""}).status_code == 204
