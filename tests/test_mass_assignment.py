"""What a request says beyond what its address declares is not taken: nobody makes themselves staff.

Each request of the authorisation matrix that changes something is sent twice: as it is, and with every column
of every model besides. By default a part of them; CHAOS=full: all. That nothing takes all by construction is
looked for everywhere.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from rest_framework.serializers import BaseSerializer, ModelSerializer

from .authorisation_scene import ROLES, Scene
from .shares import share
from .test_api_schema import schema
from .test_authorisation_matrix import Row, rows

PARTS = 8
MARK = 987_654_321
COVETED: dict[str, Any] = {
    "id": MARK, "pk": MARK, "user": 1, "user_id": 1, "author": 1, "author_id": 1, "owner": 1, "owner_id": 1,
    "person": 1, "keeper": 1, "recipient": 1, "is_staff": True, "is_superuser": True, "is_active": True,
    "is_verified": True, "verified": True, "email_verified": True, "role": "owner", "status": "active",
    "state": "sent", "created_at": "2001-02-03T04:05:06Z", "updated_at": "2001-02-03T04:05:06Z",
    "deleted_at": "", "confirmed_at": "2001-02-03T04:05:06Z", "members": [1], "groups": [1],
    "user_permissions": [1], "permissions": [1], "group_id": 1, "password_hash": "x", "_method": "DELETE",
}  # fmt: skip
RANDOM = re.compile(r"[\w.+/=:-]{15,}|<\d+\.[^>]+>")  # keys and tokens, made anew for each request


def columns() -> dict[str, Any]:
    """Each name of each model, with a value of its kind that nobody would choose."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            value: Any = "marked"
            if isinstance(field, models.BooleanField):
                value = not field.get_default()
            elif isinstance(field, models.IntegerField | models.ForeignKey | models.AutoField):
                value = MARK
            elif isinstance(field, models.DateField):
                value = "2001-02-03T04:05:06Z"
            found[field.name] = found[field.attname] = value
    return found


def declared(path: str, method: str) -> set[str]:
    """What the schema says that this operation takes."""
    for template, item in sorted(schema()["paths"].items(), key=lambda it: it[0].count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return set(_properties(item.get(method.lower(), {}).get("requestBody", {})))
    return set()


def _properties(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _properties(each)
    elif isinstance(part, dict):
        if reference := part.get("$ref"):
            yield from _properties(schema()["components"]["schemas"][reference.rpartition("/")[2]])
        yield from part.get("properties", {})
        for each in part.values():
            yield from _properties(each)


class Changing(NamedTuple):
    row: Row
    role: str


def changing() -> list[Changing]:
    """Each request that somebody may make; `member` before whoever may do more."""
    found = []
    for row in rows():
        by = [role for role in ("member", *ROLES) if re.fullmatch("20.|30.", row.expected[role])]
        if row.method != "GET" and by and row.name not in {"account_logout", "api-sign-out"}:
            found.append(Changing(row, by[0]))
    return found


def written(scene: Scene, row: Row, role: str, more: dict[str, Any]) -> tuple[int, list[Any]]:
    """The answer, and all that it wrote, without what is another each time."""
    statements: list[Any] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.match(r"\s*(INSERT|UPDATE|DELETE)\b", sql) and "django_session" not in sql:
            statements.append((sql, [_plain(value) for value in params or ()]))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        response = scene.request(role, row.method, row.name, row.kind, more=more)
        transaction.set_rollback(True)
    return response.status_code, statements


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return "~"
    return RANDOM.sub("~", str(value))


@pytest.mark.django_db  # pytest-django makes databases only where a test that it sees asks for one
def test_there_is_something_to_covet() -> None:
    assert len(columns()) > 250
    assert {"is_staff", "is_superuser", "role", "status", "author_id", "created_at"} <= set(columns())
    assert len(changing()) > 150
    assert declared("/api/posts", "POST") == {"content", "title", "group"}


@pytest.mark.parametrize(
    "case", share(changing(), "mass assignment", of=PARTS), ids=lambda it: "-".join(it.row[:3])
)
def test_what_is_not_declared_is_not_taken(scene: Scene, case: Changing) -> None:
    row, role = case
    more = COVETED
    if row.name.startswith("api-"):
        takes = declared(scene.path(role, row.name, row.kind), row.method)
        more = {name: value for name, value in (columns() | COVETED).items() if name not in takes}
    with time_machine.travel(datetime.now(UTC), tick=False):
        plain = written(scene, row, role, {})
        assert plain[0] < 400
        # Some addresses refuse what they do not know.
        assert written(scene, row, role, more) in (plain, (400, []))


def ours(base: type) -> list[type]:
    """What is made of it in this project."""
    children: list[type] = base.__subclasses__()
    below = [each for cls in children for each in (cls, *ours(cls))]
    return [cls for cls in below if (Path(settings.BASE_DIR) / cls.__module__.partition(".")[0]).is_dir()]


def test_no_serializer_knows_a_model_and_no_form_takes_all_of_one() -> None:
    """So each names what it takes, and a new column is in none of them."""
    assert ours(BaseSerializer)
    assert ours(ModelSerializer) == []
    for form in ours(forms.ModelForm):
        options = form._meta  # type: ignore[attr-defined] # of every ModelForm
        if not form.__module__.endswith(".admin"):
            assert isinstance(options.fields, list | tuple), form


def test_nothing_is_written_that_takes_all_there_is() -> None:
    base = Path(settings.BASE_DIR)
    for app in apps.get_app_configs():
        if Path(app.path).parent != base:
            continue
        for path in Path(app.path).rglob("*.py"):
            text = path.read_text()
            assert not re.search(r"""fields\s*=\s*["']__all__|\*\*request\.(data|POST|GET)""", text), path
