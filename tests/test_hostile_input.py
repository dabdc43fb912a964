"""Every text field, value and parameter meets what no browser sends: no answer is a 5xx, and none is slow.

By default each field meets a small part of it, a different one for each field, and always what breaks most;
on PostgreSQL what a database breaks on. CHAOS=full lets all meet all, more than four hundred texts a field.
"""

import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any, TypeVar
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from accounts.models import User
from announcements.actions import write as announce
from community import actions
from moderation.actions import flag
from moderation.subjects import subject_of
from newsletters.actions import write as write_edition
from notifications.tests.scenes import a_like

from .hostile import NUMBERS, ODD_TEXTS, TEXTS, VALUES, to_json
from .shares import is_full

SECONDS = 2.0
PARTS = 48
T = TypeVar("T")
PASSWORD = "correct-horse-battery"
pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.slow]

# method, path, a body that is right, and the fields of it to spoil one by one
BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/auth/signup", {"name": "New", "email": "new@example.com", "password": PASSWORD}),
    ("POST", "/api/auth/signin", {"email": "alice@example.com", "password": PASSWORD}),
    ("POST", "/api/auth/signin/confirm", {"challenge": "a:b:c", "code": "123456"}),
    ("POST", "/api/auth/request-code", {"email": "alice@example.com"}),
    ("POST", "/api/auth/verify-code", {"email": "alice@example.com", "code": "ABC234"}),
    ("POST", "/api/auth/request-otp", {"phone": "+491510000001"}),
    ("POST", "/api/auth/verify-otp", {"phone": "+491510000001", "otp": "123456"}),
    ("POST", "/api/auth/request-password-reset", {"email": "alice@example.com"}),
    ("POST", "/api/auth/reset-password",
     {"email": "alice@example.com", "code": "ABC234", "new_password": "another-horse-battery"}),
    ("POST", "/api/users/me/password",
     {"current_password": PASSWORD, "new_password": "another-horse-battery"}),
    ("POST", "/api/users/me/phone", {"phone": "+491510000001", "password": PASSWORD}),
    ("POST", "/api/users/me/phone/verify", {"phone": "+491510000001", "otp": "123456"}),
    ("POST", "/api/users/me/verification/email/confirm", {"code": "ABC234"}),
    ("PATCH", "/api/users/me",
     {"name": "A", "username": "a", "bio": "b", "time_zone": "UTC", "language": "en"}),
    ("POST", "/api/posts", {"content": "Hello", "title": "Title", "group": ""}),
    ("PATCH", "/api/posts/{post}", {"content": "Hello", "title": "Title"}),
    ("POST", "/api/posts/{post}/comments", {"content": "Hello", "parent": None}),
    ("PATCH", "/api/comments/{comment}", {"content": "Hello"}),
    ("POST", "/api/groups", {"name": "Another", "description": "Text", "is_private": False}),
    ("PATCH", "/api/groups/{group}", {"name": "Another", "description": "Text", "is_private": True}),
    ("PATCH", "/api/groups/{group}/members/bob", {"role": "moderator"}),
    ("PATCH", "/api/groups/{group}/members/bob", {"status": "active"}),
    ("PUT", "/api/posts/{post}/watch", {"level": "muted"}),
    ("PUT", "/api/groups/{group}/watch", {"level": "watching"}),
    ("POST", "/api/blocks", {"username": "bob"}),
    ("POST", "/api/announcements",
     {"title": "T", "content": "Hello", "audience": "group", "group": "", "link": "/x", "by_mail": True,
      "scheduled_at": None, "expires_at": None}),
    ("PATCH", "/api/announcements/{announcement}", {"title": "T", "content": "Hello", "link": "/x"}),
    ("POST", "/api/flags", {"type": "profile", "id": 1, "reason": "other", "words": "Hello"}),
    ("POST", "/api/moderation/cases/{case}/decision",
     {"action": "suspend", "words": "Hello", "until": None, "also_hide": True}),
    ("POST", "/api/moderation/cases/{case}/appeal", {"take_back": True, "words": "Hello"}),
    ("POST", "/api/newsletter/editions",
     {"title": "T", "content": "Hello", "segment": "group", "group": "", "scheduled_at": None}),
    ("PATCH", "/api/newsletter/editions/{edition}", {"title": "T", "content": "Hello"}),
    ("PUT", "/api/newsletter/subscription", {"subscribed": True}),
    ("PUT", "/api/notifications/preset", {"preset": "quiet"}),
    ("POST", "/api/notifications/devices", {"endpoint": "https://fcm.googleapis.com/x", "keys": {}}),
    ("PUT", "/api/notifications/rules", {"type": "LIKE", "in_app": None, "email": False, "push": True}),
    ("PATCH", "/api/notifications/{notification}",
     {"read": True, "done": True, "saved": True, "snoozed_until": None}),
    ("POST", "/api/notifications/bulk",
     {"ids": [1], "action": "snooze", "until": "2100-01-01T00:00:00Z"}),
    ("PUT", "/api/notifications/preferences",
     {"notification_type": "community", "in_app_enabled": True, "email_frequency": "daily"}),
    ("PUT", "/api/notifications/quiet-hours",
     {"enabled": True, "from": "22:00", "to": "07:00", "weekdays": ["monday"], "urgent_gets_through": True,
      "time_zone": "Europe/Berlin"}),
    ("PUT", "/api/notifications/summary-times", {"hour": 18, "weekday": "friday"}),
]  # fmt: skip
FIELDS = [(method, path, body, field) for method, path, body in BODIES for field in body]
LISTS = ["/api/posts", "/api/posts/{post}/comments", "/api/groups", "/api/groups/{group}/members",
         "/api/bookmarks", "/api/notifications", "/api/notifications/rules", "/api/blocks",
         "/api/announcements", "/api/newsletter/editions", "/api/moderation/cases"]  # fmt: skip
NUMERIC = ["limit", "offset", "unread_only"]
TEXTUAL = ["cursor", "type", "state", "status", "group", "author", "format"]


OF_DATABASES: list[Any] = ["a\x00b", "\ud800", 2**63, "9" * 20]
MORE = ODD_TEXTS if is_full() else []
ALWAYS: list[Any] = [*OF_DATABASES, "", "\x00", "x" * 20_001, None, [], {}]  # what breaks most


def share(values: Sequence[T], field: str) -> list[T]:
    if is_full():
        return list(values)
    first = zlib.crc32(field.encode()) % PARTS
    if connection.vendor == "postgresql":
        return [value for value in values if value in OF_DATABASES]
    return [value for number, value in enumerate(values) if number % PARTS == first or value in ALWAYS]


class Scene:
    """For all tests of the file: what each sends is undone."""

    def __init__(self) -> None:
        alice, bob = (
            User.objects.create_user(name, f"{name}@example.com", PASSWORD, name=name.capitalize())
            for name in ("alice", "bob")
        )
        group = actions.create_group(alice, "Tenants", is_private=True)
        actions.accept_request(alice, actions.join_group(bob, group))
        post = actions.create_post(alice, "Take as many as you like.", title="Seedlings")
        self.alice = alice
        self.client: Any = APIClient(raise_request_exception=False)
        self.client.force_authenticate(alice)
        comment = actions.comment(alice, post, "Hello")
        notification = a_like(alice, bob, post)
        User.objects.filter(pk=alice.pk).update(is_staff=True)
        alice.is_staff = True
        announcement = announce(alice, title="T", content="Hello", audience="everybody")
        self.names = {
            "post": post.pk, "comment": comment.pk, "group": group.slug, "notification": notification.pk,
            "announcement": announcement.pk,
            "case": flag(alice, subject_of(bob), "spam").case_id,
            "edition": write_edition(alice, title="T", content="Hello").pk,
        }  # fmt: skip

    def send(self, method: str, path: str, body: bytes = b"") -> Any:
        with undone():
            began = time.thread_time()  # what it costs, however busy the machine is
            response = self.client.generic(method, path.format(**self.names), body, "application/json")
            seconds = time.thread_time() - began
        assert response.status_code < 500, (method, path[:200], body[:200])
        assert seconds < SECONDS, (method, path[:200], body[:200], seconds)
        return response


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), undone():
        yield Scene()


@pytest.mark.parametrize(("method", "path", "body", "field"), FIELDS)
def test_no_text_or_value_in_a_field_is_an_error_of_ours(
    scene: Scene, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    for value in share([*TEXTS, *VALUES, *MORE], path + field):
        response = scene.send(method, path, to_json(body | {field: value}))
        if response.status_code == 400:
            assert isinstance(response.json(), dict)
            assert set(response.json()) <= {*body, "detail"}, ascii(value)  # xdist sends no surrogates


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_no_shape_of_a_body_is_an_error_of_ours(
    scene: Scene, method: str, path: str, body: dict[str, Any]
) -> None:
    shapes = [[body], {name: [value] for name, value in body.items()}]
    for value in [*share([*VALUES, *TEXTS[:40]], method + path), *shapes]:
        assert isinstance(scene.send(method, path, to_json(value)).json(), dict | list)


@pytest.mark.parametrize("path", LISTS)
def test_no_parameter_is_an_error_of_ours(scene: Scene, path: str) -> None:
    texts = [text for text in TEXTS if len(text) < 1000]
    for name, values in [*((name, NUMBERS) for name in NUMERIC), *((name, texts) for name in TEXTUAL)]:
        for value in share(values, path + name):
            escaped = quote(value.encode("utf-8", "surrogatepass"))
            scene.send("GET", f"{path}?{name}={escaped}")
    scene.send("GET", f"{path}?limit=1&limit=2&limit=x&offset=0&offset=")
    scene.send("GET", f"{path}?{'a=1&' * 2000}")
    scene.send("GET", f"{path}?%FF=%FE&limit=%C3%28")


@pytest.mark.parametrize(
    "path",
    ["/api/posts/{x}", "/api/posts/{x}/like", "/api/posts/1/reactions/{x}", "/api/comments/{x}",
     "/api/groups/{x}", "/api/groups/{x}/membership",
     "/api/posts/{x}/watch", "/api/groups/{x}/watch", "/api/blocks/{x}", "/api/users/{x}/reputation",
     "/api/groups/{group}/members/{x}",
     "/api/announcements/{x}", "/api/announcements/{x}/send", "/api/newsletter/editions/{x}",
     "/api/moderation/cases/{x}/decision",
     "/api/notifications/rules/{x}",
     "/api/notifications/devices/{x}",
     "/api/notifications/{x}", "/api/notifications/{x}/read"],
)  # fmt: skip
def test_nothing_in_an_address_is_an_error_of_ours(scene: Scene, path: str) -> None:
    for value in share([*NUMBERS, *(text for text in TEXTS if len(text) < 1000)], path):
        escaped = quote(value.encode("utf-8", "surrogatepass"), safe="")
        for method in ("GET", "POST", "PATCH", "DELETE"):
            scene.send(method, path.replace("{x}", escaped))


def test_what_is_stored_of_it_is_harmless_html(scene: Scene) -> None:
    for text in TEXTS if connection.vendor == "sqlite" else share(TEXTS, "stored"):
        response = scene.send("POST", "/api/posts", to_json({"content": text}))
        if response.status_code == 201:
            HarmlessHtml().feed(response.json()["content_html"])


class HarmlessHtml(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {
            "script",
            "style",
            "img",
            "iframe",
            "svg",
            "math",
            "form",
            "input",
            "object",
            "base",
        }
        for name, value in attrs:
            assert name in {"href", "title", "rel"}, name
            if name == "href":
                assert (value or "").startswith(("http://", "https://", "mailto:", "/u/")), value


@pytest.mark.parametrize(
    ("method", "path", "extra"),
    [
        (
            "POST",
            "/api/posts",
            {"id": 1, "author": 2, "author_id": 2, "created_at": "2001-01-01"},
        ),
        ("POST", "/api/posts/{post}/comments", {"id": 1, "author": 2, "post": 9, "deleted_at": "2001-01-01"}),
        ("POST", "/api/groups", {"slug": "admin", "created_at": "2001-01-01", "members": [1], "owner": 2}),
    ],
)
def test_fields_that_are_not_declared_are_not_assigned(
    scene: Scene, method: str, path: str, extra: dict[str, Any]
) -> None:
    body = {"content": "Hello again", "name": "Another"}
    made = scene.send(method, path, to_json(body | extra)).json()
    for name, value in extra.items():
        assert name not in made or made[name] != value, name
    assert made.get("author", {}).get("id", scene.alice.pk) == scene.alice.pk
