"""Pages of lists: by `limit` and `offset`, or on from where the last page ended, by its `next` link.

The link says where the last row stood (a keyset cursor), so that the next page costs the same at any
depth, and rows that arrive or go meanwhile neither repeat nor skip others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

LIMIT, LIMIT_MAX = 50, 100
NEWEST_FIRST, OLDEST_FIRST = ("-created_at", "-pk"), ("created_at", "pk")

M = TypeVar("M", bound=Model)


class PageQuery(serializers.Serializer[Any]):
    """The parameters of every list."""

    limit = serializers.IntegerField(
        min_value=1, default=LIMIT, help_text=f"Rows on a page; more than {LIMIT_MAX} means {LIMIT_MAX}."
    )
    offset = serializers.IntegerField(min_value=0, default=0, help_text="Rows to leave out first.")
    cursor = serializers.CharField(
        required=False, help_text="Part of a `next` link: goes on from there, whatever `offset` says."
    )


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: Sequence[M]
    total: int
    limit: int
    offset: int
    next: str | None

    def answer(self, results: Any, *, key: str = "results", **more: Any) -> Response:
        numbers = {"total": self.total, "limit": self.limit, "offset": self.offset}
        return Response({key: results, **numbers, **more, "next": self.next})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: after this row, so many rows into a list that had so many in all."""

    after: list[Any]
    offset: int
    total: int


def page_of(
    rows: QuerySet[M], request: Request, query: dict[str, Any], *, order: tuple[str, str] = NEWEST_FIRST
) -> Page[M]:
    """The page that `query` asks for. `order` ends in the primary key; its columns are never null.

    The total is counted once, for the first page: the cursor takes it along.
    """
    rows = rows.order_by(*order)
    limit = min(query["limit"], LIMIT_MAX)
    salt = f"page:{request.path.rstrip('/')}"
    if cursor := query.get("cursor"):
        place = _read(cursor, salt)
        found = list(rows.filter(_after(place.after, order))[: limit + 1])
    else:
        place = _Place([], query["offset"], rows.count())
        within = place.offset < place.total
        found = list(rows[place.offset : place.offset + limit + 1]) if within else []
    following = None
    if len(found) > limit:
        del found[limit:]
        at = _Place(_position(found[-1], order), place.offset + limit, place.total)
        following = _link(request, limit, signing.dumps([at.after, at.offset, at.total], salt=salt))
    return Page(found, place.total, limit, place.offset, following)


def _read(cursor: str, salt: str) -> _Place:
    try:
        after, offset, total = signing.loads(cursor, salt=salt)
    except signing.BadSignature as error:
        raise ValidationError({"cursor": _("This is not from a `next` link of this list.")}) from error
    return _Place(after, offset, total)


def _position(row: Model, order: tuple[str, str]) -> list[Any]:
    values = [getattr(row, name.lstrip("-")) for name in order]
    return [value.isoformat() if isinstance(value, datetime) else value for value in values]


def _after(position: list[Any], order: tuple[str, str]) -> Q:
    """Rows behind this place. The first condition alone bounds the index range; the second breaks ties."""
    (first, value), (second, tie) = zip((name.lstrip("-") for name in order), position, strict=True)
    beyond = "lt" if order[0].startswith("-") else "gt"
    return Q(**{f"{first}__{beyond}e": value}) & (
        Q(**{f"{first}__{beyond}": value}) | Q(**{f"{second}__{beyond}": tie})
    )


def _link(request: Request, limit: int, cursor: str) -> str:
    kept = request.query_params.copy()
    kept.pop("offset", None)
    kept["limit"], kept["cursor"] = str(limit), cursor
    return request.build_absolute_uri(f"{request.path}?{kept.urlencode()}")


def page_schema(
    name: str, item: Any, *, key: str = "results", **more: serializers.Field[Any, Any, Any, Any]
) -> Any:
    """How `Page.answer` looks, for the schema."""
    return inline_serializer(
        name=name,
        fields={
            key: item,
            "total": serializers.IntegerField(),
            "limit": serializers.IntegerField(),
            "offset": serializers.IntegerField(),
            **more,
            "next": serializers.URLField(allow_null=True),
        },
    )
