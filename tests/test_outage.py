"""What is answered while the database is away: 503 and when to come again, never a yes."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from knox.models import AuthToken

from accounts.models import User
from community.models import Post, PostReaction
from conftest import Browse


@pytest.fixture(params=[OperationalError, DatabaseError])
def outage(request: pytest.FixtureRequest) -> Callable[[], Any]:
    def away(*_statement: object) -> NoReturn:
        raise request.param("server closed the connection unexpectedly")

    return lambda: connection.execute_wrapper(away)


@pytest.fixture
def bobs(browse: Browse, bob: User) -> Client:
    client = browse(bob)
    client.raise_request_exception = False
    return client


def test_a_page_says_come_again(bobs: Client, post: Post, outage: Callable[[], Any]) -> None:
    with outage():
        answer = bobs.get(f"/posts/{post.pk}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "try again in a moment" in answer.content.decode()


def test_the_api_says_so_in_json_and_has_written_nothing(
    bobs: Client, bob: User, post: Post, outage: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    token = AuthToken.objects.create(user=bob)[1]
    for client, headers in ((bobs, {}), (Client(), {"Authorization": f"Bearer {token}"})):
        with outage():
            answer = client.post(f"/api/posts/{post.pk}/like", headers=headers)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert "try again" in answer.json()["detail"].lower()
    assert "server closed the connection" in caplog.text
    assert not PostReaction.objects.exists()


def test_any_other_mistake_is_one(bobs: Client, monkeypatch: pytest.MonkeyPatch, post: Post) -> None:
    def broken(*_args: object) -> NoReturn:
        raise RuntimeError

    monkeypatch.setattr("community.models.posts.PostQuerySet.visible_to", broken)
    answer = bobs.get(f"/posts/{post.pk}/")
    assert answer.status_code == 500
    assert not answer.has_header("Retry-After")
