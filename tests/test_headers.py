"""Every kind of answer says the same to browsers: pages, the administration, the API, files and refusals.

`test_authorisation_matrix.py` asks it of each address; here are the kinds that are no address.
"""

import asyncio
import runpy
from collections.abc import Callable
from http.client import HTTPMessage
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as current
from django.test import Client

from accounts.models import User
from conftest import PASSWORD
from myproject.chunked import LIMIT_BYTES, ChunkedBodies
from notifications.realtime import endpoint

from .headers import faults, faults_on_tls

PUBLIC = {
    "SITE_URL": "https://belltower.example",
    "ALLOWED_HOSTS": "belltower.example",
    "SECRET_KEY": "x" * 60,
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/", "/notifications/", "/accounts/email/", "/admin/", "/admin/accounts/user/", "/api/users/me",
     "/api/docs/", "/api/nothing", "/no/such/page/", "/static/css/tokens.css", "/healthz"],
)  # fmt: skip
def test_every_kind_of_answer_has_all_that_keeps_a_browser_safe(alice: User, path: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    assert faults(client.get(path), path) == []
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert faults(client.get(path), path) == []


@pytest.mark.django_db
def test_so_has_what_is_refused_before_any_page_and_what_breaks(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr("web.views.redirect", None)
    careful = Client(enforce_csrf_checks=True)
    careless = Client(raise_request_exception=False)
    for answer, path, status in (
        (careful.post("/theme/", {"theme": "dark"}), "/theme/", 403),
        (careful.get("/", headers={"Host": "elsewhere.example"}), "/", 400),
        (careful.get("/theme/"), "/theme/", 405),
        (careless.post("/theme/", {"theme": "dark"}), "/theme/", 500),
    ):
        assert answer.status_code == status
        assert faults(answer, path) == []


@pytest.fixture
def on_tls(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the settings are on a public site."""
    for name, value in PUBLIC.items():
        monkeypatch.setenv(name, value)
    for name, value in runpy.run_path(str(current.BASE_DIR / "myproject" / "settings.py")).items():
        if name.startswith(("SECURE_", "SESSION_COOKIE", "CSRF_", "LANGUAGE_COOKIE", "HTTPS", "ALLOWED")):
            setattr(settings, name, value)


@pytest.mark.django_db
def test_on_tls_nothing_goes_without_it_any_more(on_tls: None, alice: User) -> None:
    client = Client(headers={"Host": "belltower.example"})
    for path in ("/", "/api/users/me", "/no/such/page/", "/static/css/tokens.css", "/admin/"):
        answer = client.get(path, secure=True)
        assert faults_on_tls(answer, path) == [], path
    form = {"login": "alice", "password": PASSWORD}
    for path, sent in (("/accounts/login/", form), ("/theme/", {"theme": "dark"})):
        answer = client.post(path, sent, secure=True)
        assert answer.status_code == 302
        assert answer.cookies
        assert faults_on_tls(answer, path) == []


def test_without_tls_one_is_sent_to_this_site_whatever_host_was_named(on_tls: None) -> None:
    for host in ("belltower.example", "elsewhere.example"):
        answer = Client(headers={"Host": host}).get("/groups/?page=2")
        assert (answer.status_code, answer.headers["Location"]) == (
            301, "https://belltower.example/groups/?page=2",
        )  # fmt: skip


Refused = Callable[[Any], Any]


async def _too_long(send: Any) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * (LIMIT_BYTES + 1)}

    scope = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    await ChunkedBodies(None)(scope, receive, send)


async def _unavailable(send: Any) -> None:
    await endpoint._refuse(send, endpoint._unavailable(), "request-1")


@pytest.mark.parametrize("refuse", [_too_long, _unavailable])
def test_so_has_what_django_never_sees(refuse: Refused) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(refuse(send))
    headers = HTTPMessage()
    for name, value in sent[0]["headers"]:
        headers[name.decode()] = value.decode()
    assert faults(SimpleNamespace(headers=headers), "/") == []
