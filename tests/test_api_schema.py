"""The OpenAPI schema, and the page that lets one try it."""

import re
from functools import cache
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

METHODS = {"get", "post", "put", "patch", "delete"}


@cache
def schema() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    generated: dict[str, Any] = generator().get_schema(request=None, public=True)
    return generated


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in schema()["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_it_is_valid_and_nothing_had_to_be_guessed(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_every_address_of_the_api_is_in_it() -> None:
    addresses = {
        "/" + re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", str(pattern)).replace("^", "").removesuffix("/?\\Z")
        for pattern, name in _patterns(get_resolver().url_patterns)
        if pattern.startswith("api/") and name not in {"schema", "api-docs", "api-elsewhere"}
    }
    assert addresses == set(schema()["paths"])


def _patterns(entries: list[Any], prefix: str = "") -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for entry in entries:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _patterns(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            found.append((route, entry.name))
    return found


def test_every_operation_has_a_name_of_its_own_and_a_summary() -> None:
    names = [operation["operationId"] for _path, _method, operation in operations()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names), names
    assert all(operation.get("summary") and operation["tags"] for _path, _method, operation in operations())


@pytest.mark.parametrize(
    ("path", "method", "codes"),
    [
        ("/api/auth/signin", "post", {"200", "400", "401", "413", "415", "429"}),
        ("/api/auth/signup", "post", {"201", "400", "413", "415", "429"}),
        ("/api/posts", "get", {"200", "400", "401", "429"}),
        ("/api/posts", "post", {"201", "400", "401", "403", "413", "415", "429"}),
        ("/api/posts/{post_id}", "get", {"200", "401", "404", "429"}),
        ("/api/posts/{post_id}/like", "post", {"200", "401", "403", "404", "429"}),
        ("/api/notifications/{notification_id}", "delete", {"200", "401", "403", "404", "429"}),
        ("/api/notifications/{notification_id}", "patch", {"200", "400", "401", "403", "404", "429"}),
    ],
)
def test_operations_say_what_can_go_wrong(path: str, method: str, codes: set[str]) -> None:
    assert codes <= set(schema()["paths"][path][method]["responses"])


def test_only_coming_in_is_open_to_everybody() -> None:
    is_open = {path for path, _method, operation in operations() if not operation.get("security")}
    assert is_open == {
        f"/api/auth/{word}"
        for word in (
            "signin",
            "signin/confirm",
            "signup",
            "request-otp",
            "verify-otp",
            "request-code",
            "verify-code",
            "request-password-reset",
            "reset-password",
        )
    }


def test_it_is_served_to_everybody(client: Client) -> None:
    for path in ("/api/schema/", "/api/schema"):
        response = client.get(path)
        assert response.status_code == 200
        assert b"openapi: 3" in response.content
    assert client.get("/api/schema/?format=json").json()["openapi"].startswith("3")


def test_the_docs_load_from_this_site_and_hold_neither_scripts_nor_styles(client: Client) -> None:
    page = client.get("/api/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    assert re.findall(r'(?:src|href)="([^"]+)"', html)
    assert not re.findall(r'(?:src|href)="https?:', html)
    assert not re.findall(r"<script(?![^>]*src=)", html)
    assert not re.findall(r"<style| style=", html)
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    script = client.get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
