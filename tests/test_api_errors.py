"""What the API answers to requests that are wrong: a 4xx, as a JSON object, whatever comes in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from knox.models import AuthToken
from rest_framework.test import APIClient, APIRequestFactory

from accounts.models import User
from community.models import Post
from myproject.wsgi import application

Api = Callable[[User | None], APIClient]
DEEP = "[" * 10_000 + "]" * 10_000
PATHS = [
    "/api/posts",
    "/api/posts/1",
    "/api/users/me",
    "/api/notifications",
    "/api/notifications/unread-count",
    "/api/notifications/preferences",
    "/api/bookmarks",
    "/api/groups",
    "/api/schema",
]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"nonsense", 400),
        (b'{"content": NaN}', 400),
        (b'{"content": Infinity}', 400),
        (b'{"content": "\xff\xfe"}', 400),
        (b"\xef\xbb\xbf{}", 400),
        (b"\x00", 400),
        (b'{"content": ' + b"9" * 5000 + b"}", 400),
        (b'{"content": 1e999}', 400),
        (DEEP.encode(), 400),
        (b'{"content": ' + DEEP.encode() + b"}", 400),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
        (b'{"content": ' + b"[" * 900 + b"]" * 900 + b"}", 400),
        (b'{"content": "\\ud800"}', 400),
        (b'{"content": "\\u0000"}', 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"5", 400),
        (b"true", 400),
        (b'{"content": "first", "content": "second"}', 201),
        (b'{"content": "x", "__proto__": {}, "": 1}', 201),
        (b'{"content": "' + b"x" * 1024 * 1024 + b'"}', 413),
        (b" " * (1024 * 1024 + 1), 413),
    ],
)
def test_a_body_is_taken_or_refused_in_json(alice: User, api: Api, body: bytes, status: int) -> None:
    response = api(alice).post("/api/posts", body, content_type="application/json")
    assert response.status_code == status
    assert isinstance(response.json(), dict)
    assert Post.objects.count() == int(status == 201)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
     "application/octet-stream", "nonsense", "application/json/json", "text/html; charset=\xff"],
)  # fmt: skip
def test_only_json_is_understood(alice: User, api: Api, content_type: str) -> None:
    response = api(alice).post("/api/posts", b'{"content": "x"}', content_type=content_type)
    assert response.status_code == 415
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize(
    "charset", ["utf-8", "latin-1", "zlib", "rot13", "undefined", "idna", "x", "", "\x00", "x" * 999]
)
@pytest.mark.django_db(transaction=True)
def test_everything_is_utf_8_whatever_the_header_says(alice: User, charset: str) -> None:
    """Through the whole of the application: Django itself fails on some of these before any of our code."""
    _token, secret = AuthToken.objects.create(user=alice)
    body = '{"content": "größer"}'.encode()
    request: Any = APIRequestFactory().post(
        "/api/posts?a=%C3%A4", body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {secret}"
    )
    environ = request.environ | {"CONTENT_TYPE": f"application/json; charset={charset}; x=y"}
    answers: list[str] = []
    content = b"".join(application(environ, lambda status, headers: answers.append(status)))
    assert answers == ["201 Created"]
    assert json.loads(content)["content"] == "größer"


@pytest.mark.parametrize("path", PATHS)
def test_a_slash_at_the_end_changes_nothing(alice: User, api: Api, path: str) -> None:
    without, with_slash = (api(alice).get(p) for p in (path, f"{path}/"))
    assert without.status_code == with_slash.status_code
    assert without.status_code in {200, 404}
    assert without.content == with_slash.content


def test_writing_needs_no_slash_either(alice: User, post: Post, api: Api) -> None:
    for path in ("/api/posts", "/api/posts/"):
        assert api(alice).post(path, {"content": f"By {path}"}, format="json").status_code == 201
    for path in (f"/api/posts/{post.pk}/like", f"/api/posts/{post.pk}/like/"):
        assert api(alice).post(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/nonsense", "/api/posts/x", "/api/posts//", "/api/posts/1/like/x", "/api/posts%0A",
     "/api/groups/%00", "/api/../admin", "/api/notifications/x"],
)  # fmt: skip
def test_any_other_address_is_not_found_in_json(alice: User, api: Api, path: str) -> None:
    response = api(alice).get(path)
    assert response.status_code == 404
    assert list(response.json()) == ["detail"]
    assert api(None).get(path).status_code == 401


@pytest.mark.parametrize("path", ["/api/posts", "/api/users/me", "/api/notifications/unread-count"])
def test_a_method_that_is_not_there_is_told(alice: User, api: Api, path: str) -> None:
    response = api(alice).put(path, {}, format="json")
    assert response.status_code == 405
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize("path", [path for path in PATHS if "schema" not in path])
def test_signed_out_is_told_with_what_to_bring(api: Api, db: None, path: str) -> None:
    response = api(None).get(path)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert list(response.json()) == ["detail"]


def test_two_requests_that_meet_are_told_to_try_again(
    alice: User, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import IntegrityError

    def collide(*args: object, **kwargs: object) -> None:
        raise IntegrityError

    monkeypatch.setattr("community.actions.create_group", collide)
    response = api(alice).post("/api/groups", {"name": "Gardeners"}, format="json")
    assert response.status_code == 409
    assert list(response.json()) == ["detail"]


def test_text_of_any_script_comes_back_as_it_was(alice: User, api: Api) -> None:
    text = "Żółć 漢字 🔔\u200d عربى \u202e"
    response = api(alice).post("/api/posts", json.dumps({"content": text}), content_type="application/json")
    assert response.json()["content"] == text
