"""No page of another site has somebody's browser write here: each write by a cookie shows our token."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.authentication import SessionAuthentication

from accounts.api.authentication import BearerAuthentication
from accounts.models import User
from conftest import PASSWORD

from .test_authorisation_matrix import endpoints

# What proves itself: a signed link in a mail, which mail programs post (RFC 8058), and a provider's webhook.
SIGNED = {"unsubscribe", "why-by-link", "confirm-subscription", "end-subscription", "provider-events"}


def api_view(view: Any) -> Any:
    return getattr(view, "cls", None)


def test_only_what_is_signed_is_taken_without_the_token() -> None:
    free = {
        name
        for name, view in endpoints().items()
        if getattr(view, "csrf_exempt", False) and not api_view(view)
    }
    assert free == SIGNED


def test_the_api_believes_a_cookie_only_with_the_token() -> None:
    """REST framework asks for it where it authenticates by the session; no other way looks at cookies."""
    for name, view in endpoints().items():
        if cls := api_view(view):
            known = set(cls.authentication_classes)
            assert known <= {BearerAuthentication, SessionAuthentication}, name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body"),
    [("/accounts/login/", {"login": "alice", "password": PASSWORD}), ("/accounts/logout/", {}),
     ("/accounts/signup/", {"name": "N", "email": "n@example.com", "password1": PASSWORD}),
     ("/posts/new/", {"content": "Hello"}), ("/theme/", {"theme": "dark"}),
     ("/api/posts", {"content": "Hello"}), ("/api/auth/signout", {})],
)  # fmt: skip
def test_without_it_the_answer_is_no(alice: User, path: str, body: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    wrong: list[dict[str, str]] = [{}, {"X-CSRFToken": "x" * 32}, {"Origin": "https://elsewhere.example"}]
    for headers in wrong:
        kind = {"content_type": "application/json"} if path.startswith("/api/") else {}
        assert client.post(path, body, headers=headers, **kind).status_code == 403  # type: ignore[arg-type]
