"""Lists newest first, a page at a time.

The next page begins where the last one ended: page 1,000 costs as much as page 2, and nothing is shown
twice when something new arrives meanwhile.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

PAGE_SIZE = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = struct.Struct(">qq")  # microseconds since 1970, primary key

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    older: str  # the cursor of the next page; empty where this is the last


def page_of(rows: QuerySet[Row], cursor: str = "", *, size: int = PAGE_SIZE) -> Page[Row]:
    """Of rows with `created_at`, newest first. A cursor that is none of ours begins at the beginning."""
    rows = rows.order_by("-created_at", "-pk")
    if place := _read(cursor):
        moment, pk = place
        # Not "older, or as old with a smaller key": by the first condition alone an index finds the place.
        rows = rows.filter(created_at__lte=moment).exclude(created_at=moment, pk__gte=pk)
    found = list(rows[: size + 1])
    return Page(found[:size], _write(found[size - 1]) if len(found) > size else "")


def _write(row: Any) -> str:
    place = _PLACE.pack((row.created_at - _EPOCH) // timedelta(microseconds=1), row.pk)
    return urlsafe_b64encode(place).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int] | None:
    try:
        microseconds, pk = _PLACE.unpack(urlsafe_b64decode(cursor + "=="))
        return _EPOCH + timedelta(microseconds=microseconds), pk
    except (ValueError, OverflowError, struct.error):
        return None
