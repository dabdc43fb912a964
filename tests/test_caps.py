"""Nothing that somebody can send, store or ask for is endless: texts, lists, and pages of lists."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.urls import get_resolver

from accounts.models import User
from community.models import Group, Post
from notifications.api.preferences import ROWS_MAX

from .test_api_schema import operations, schema
from .test_mass_assignment import ours

# What is no page of a list, because it has an end of its own.
SHORT = {
    "/api/announcements/{announcement_id}/preview": "sample",  # a few of those who will be told
    "/api/newsletter/editions/{edition_id}": "results",  # a line for each way in which a mail can end
    "/api/notifications/devices": "devices",  # of one person, who may have sixteen
    "/api/notifications/explain": "sentences",
    "/api/notifications/preferences": "",  # a row for each category
    "/api/notifications/quiet-hours": "weekdays",
    "/api/users/{username}/reputation": "badges, reasons",  # each badge once, the newest fifty reasons
    "/api/users/me/reputation": "badges, reasons",
    "/api/users/me/sessions": "sessions, tokens",  # the hundred of each that were used last
}
BAD = [("limit", "0"), ("limit", "-1"), ("offset", "-1"), ("offset", "x"), ("cursor", "x")]
UNKNOWN = [  # what would show what is hidden, by the order or the number of rows
    ("page", str(10**18)), ("ordering", "-author__password"), ("order_by", "?"), ("sort", "password"),
    ("author__password__startswith", "md5"), ("author__email__contains", "@"), ("fields", "password"),
]  # fmt: skip
ENDLESS_IN_THE_SCHEMA = {"PreferenceOrPreferencesRequest.oneOf"}  # a test below finds its end
ENDLESS_IN_FORMS = {"SignupForm.time_zone"}  # a guess of the browser's, kept only where there is such a zone


def component(part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = part["$ref"].rpartition("/")[2]
    return name, schema()["components"]["schemas"][name]


def endless(part: Any, where: str) -> Iterator[str]:
    """Where in a request a text or a list may be as long as it likes."""
    if "$ref" in part:
        name, found = component(part)
        yield from endless(found, name)
        return
    kind = part.get("type")
    if kind == "string" and not {"maxLength", "enum", "format"} & set(part):
        yield where
    if kind == "array" and "maxItems" not in part:
        yield where
    if kind == "object" and not part.get("properties"):
        yield where
    for name, each in part.get("properties", {}).items():
        yield from endless(each, f"{where}.{name}")
    for word in ("oneOf", "anyOf", "allOf"):
        for each in part.get(word, ()):
            yield from endless(each, f"{where}.{word}")
    if "items" in part:
        yield from endless(part["items"], f"{where}.items")


def test_every_text_and_list_that_somebody_can_send_has_an_end() -> None:
    bodies = [
        body["schema"]
        for _path, _method, operation in operations()
        for body in operation.get("requestBody", {}).get("content", {}).values()
    ]
    assert len(bodies) > 30
    assert {where for body in bodies for where in endless(body, "")} == ENDLESS_IN_THE_SCHEMA


@pytest.mark.django_db
def test_there_are_no_more_preferences_than_categories(alice: User, api: Any) -> None:
    row = {"notification_type": "community", "email_enabled": False}
    answer = api(alice).put("/api/notifications/preferences", [row] * (ROWS_MAX + 1), format="json")
    assert answer.status_code == 400


def test_so_has_every_field_of_every_form() -> None:
    assert get_resolver().url_patterns  # so that all of them are there
    found = {
        f"{form.__name__}.{name}"
        for form in ours(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.CharField) and field.max_length is None
    }
    assert found == ENDLESS_IN_FORMS


def lists() -> dict[str, dict[str, Any]]:
    """Each address of the API that answers with a list, and the parameters that it takes."""
    found = {}
    for path, method, operation in operations():
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        shape = answer.get("schema", {})
        shape = component(shape)[1] if "$ref" in shape else shape
        parts = [shape, *shape.get("properties", {}).values()]
        if method == "get" and any(part.get("type") == "array" for part in parts):
            found[path] = {parameter["name"]: parameter for parameter in operation.get("parameters", ())}
    return found


def test_every_list_comes_in_pages_or_is_short() -> None:
    assert {path for path, parameters in lists().items() if "limit" not in parameters} == set(SHORT)


@pytest.mark.django_db
def test_a_page_has_a_hundred_rows_at_the_most_and_an_order_of_its_own(
    alice: User, group: Group, post: Post, api: Any
) -> None:
    alice.is_staff = True
    client = api(alice)
    for path in sorted(lists().keys() - SHORT):
        address = path.format(post_id=post.pk, slug=group.slug)
        for limit in (101, 10**30):
            assert client.get(address, {"limit": limit}).json()["limit"] == 100
        plain = client.get(address).json()
        for name, value in BAD:
            refused = client.get(address, {name: value})
            assert (refused.status_code, list(refused.json())) == (400, [name]), (path, value)
        for name, value in UNKNOWN:
            assert client.get(address, {name: value}).json() == plain, (path, name)
