"""Who gets what from every address of the site, by role: the table is `authorisation.txt`.

An address without a row there is a failure, and so is an answer that is not the one in the table. What is
refused has written nothing, and what cannot be seen answers exactly as what is not there.

By default one of the roles that get the same answer asks for it, two of those that are refused, others in
each row; CHAOS=full: all of them.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from .authorisation_scene import ROLES, Scene
from .elsewhere import leads_away
from .headers import faults
from .shares import few

TABLE = Path(__file__).with_name("authorisation.txt")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Whoever was given the address of a private group may knock; the answer tells that it exists.
DOORBELL = {("api-membership", "POST"), ("api-membership", "DELETE")}

# All that looking at a page may change: that what one was told about is read, on the page that it was told
# of, and that the newest of the inbox were seen there, which is how it shows what is new. A scanner that
# follows links is not signed in.
IS_READ = re.compile(r'UPDATE "notifications_(notification|state)" SET "(read_at|seen_at)" = ')


class Row(NamedTuple):
    name: str
    method: str
    kind: str
    expected: dict[str, str]


@cache
def rows() -> list[Row]:
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    header, body = lines[0], lines[1:]
    assert tuple(header[3:]) == ROLES
    return [
        Row(name, method, kind, dict(zip(ROLES, cells, strict=True))) for name, method, kind, *cells in body
    ]


def endpoints() -> dict[str, Any]:
    """Name → view, of everything but the administration, which has one door for all of it."""
    return dict(_walk(get_resolver().url_patterns))


def _walk(entries: list[Any]) -> Iterator[tuple[str, Any]]:
    for entry in entries:
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry} has no name"
            yield entry.name, entry.callback
        elif isinstance(entry, URLResolver) and entry.namespace != "admin":
            yield from _walk(entry.url_patterns)


def methods_of(view: Callable[..., Any]) -> list[str]:
    """Those that a class of views has; none are known of a function."""
    cls = getattr(view, "cls", getattr(view, "view_class", None))
    return [method for method in METHODS if hasattr(cls, method.lower())] if cls else []


def answer(response: HttpResponse) -> str:
    """The status; `login` for a redirect to where one signs in."""
    to_login = response.status_code == 302 and response["Location"].startswith("/accounts/login/")
    return "login" if to_login else str(response.status_code)


def plain(response: HttpResponse) -> str:
    """Without what differs between any two pages: the address itself, and CSRF tokens."""
    path = response.wsgi_request.get_full_path()  # type: ignore[attr-defined] # the test client adds it
    words = re.sub(
        r'csrfmiddlewaretoken" value="\w+"|"x-csrftoken": ?"\w+"', "", response.content.decode(), flags=re.I
    )
    for form in (path, escape(path), quote(path, safe="")):
        words = words.replace(form, "")
    return words


def headers(response: HttpResponse) -> dict[str, str]:
    """Without the time of day, the name of the request, and the length of what `plain` leaves out."""
    apart = {"Expires", "Content-Length", "X-Request-ID"}
    return {name: value for name, value in response.headers.items() if name not in apart}


def who_asks(row: Row) -> list[str]:
    alike: dict[str, list[str]] = {}
    for role, expected in row.expected.items():
        alike.setdefault(expected, []).append(role)
    name = "-".join(row[:3])
    return [
        role for answer, roles in alike.items() for role in few(roles, name, 2 if answer[0] in "l4" else 1)
    ]


class Cell(NamedTuple):
    response: HttpResponse
    path: str
    answer: str
    writes: list[str]


def ask(scene: Scene, role: str, method: str, name: str, kind: str, *, missing: bool = False) -> Cell:
    """One request, and what it wrote (beside sessions); all of it is undone afterwards."""
    writes: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.match(r"\s*(INSERT|UPDATE|DELETE)\b", sql) and "django_session" not in sql:
            writes.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        response = scene.request(role, method, name, kind, missing=missing)
        transaction.set_rollback(True)
    return Cell(response, response.wsgi_request.path, answer(response), writes)


def is_refused(cell: Cell) -> bool:
    return cell.answer == "login" or cell.response.status_code >= 400


@pytest.mark.django_db  # pytest-django makes databases only where a test that it sees asks for one
def test_every_address_and_method_has_a_row() -> None:
    listed = {(row.name, row.method) for row in rows()}
    missing = [
        (name, method)
        for name, view in endpoints().items()
        for method in methods_of(view)
        if (name, method) not in listed
    ]
    missing += [(name, "any") for name in endpoints() if name not in {name for name, _method in listed}]
    assert missing == []


def test_every_row_has_an_address() -> None:
    assert {row.name for row in rows()} - set(endpoints()) == set()


@pytest.mark.parametrize("row", rows(), ids=lambda row: "-".join(row[:3]))
def test_each_role_gets_what_the_table_says(scene: Scene, row: Row) -> None:
    cells = {role: ask(scene, role, row.method, row.name, row.kind) for role in who_asks(row)}
    assert {role: cell.answer for role, cell in cells.items()} == {role: row.expected[role] for role in cells}
    for role, cell in cells.items():
        assert faults(cell.response, cell.path) == [], role
        assert not leads_away(cell.response.headers.get("Location", "")), role
        if is_refused(cell):
            assert cell.writes == [], role
        if row.method == "GET":
            assert [
                sql for sql in cell.writes if row.name.startswith("api-") or not IS_READ.match(sql)
            ] == [], role
        if cell.answer == "404" and row.kind in {"private", "other"}:
            missing = ask(scene, role, row.method, row.name, row.kind, missing=True)
            assert is_like(cell.response, missing.response), role


def is_like(hidden: HttpResponse, missing: HttpResponse) -> bool:
    """Nobody can tell by the answer whether there is something that they may not see."""
    same_words, same_headers = plain(missing) == plain(hidden), headers(missing) == headers(hidden)
    return missing.status_code == 404 and same_words and same_headers


@pytest.mark.parametrize("name", sorted({row.name for row in rows()}))
def test_a_method_that_is_not_in_the_table_changes_nothing(scene: Scene, name: str) -> None:
    listed = {row.method for row in rows() if row.name == name}
    kind = next(row.kind for row in rows() if row.name == name)
    for method in (*METHODS, "OPTIONS", "TRACE", "NONSENSE"):
        if method in listed:
            continue
        for role in few(("anonymous", "member"), name + method, 1):
            cell = ask(scene, role, method, name, kind)
            assert cell.response.status_code < 500, (method, role)
            assert cell.writes == [], (method, role)
            if name.startswith("api-") and method != "OPTIONS":
                assert cell.answer in {"401", "405", "404"}, (method, role)


def test_only_a_knock_at_the_door_tells_that_a_private_group_is_there(scene: Scene) -> None:
    tells = {
        (row.name, row.method)
        for row in rows()
        if row.kind == "private" and row.expected["stranger"] not in {"404", "login"}
    }
    same_for_none = {("api-posts", "POST"), ("new-post", "POST"), ("groups", "POST")}
    assert tells - same_for_none == DOORBELL


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"staff", "superuser"}])
def test_the_administration_is_closed_to_all_but_staff(scene: Scene, role: str) -> None:
    for path in ("/admin/", "/admin/accounts/user/", "/admin/notifications/event/", "/admin/nothing/"):
        response = scene.browser(role).get(path)
        assert response.status_code == 302, path
        assert response["Location"].startswith("/admin/login/"), path
