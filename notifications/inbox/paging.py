"""Cursors into a list that is read newest first: opaque to whoever carries them, and fast at any depth."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def stamp(moment: datetime) -> str:
    """Exact to the microsecond, and safe in an address."""
    return str((moment - EPOCH) // MICROSECOND)


def read_stamp(text: str) -> datetime | None:
    """None for what `stamp` did not write."""
    try:
        return EPOCH + int(text) * MICROSECOND if text.isascii() and text.isdigit() else None
    except (ValueError, OverflowError):
        return None


def cursor_after(moment: datetime, pk: int) -> str:
    """Where a list that is sorted by time goes on, after the row with this time and key."""
    return base64.urlsafe_b64encode(f"{stamp(moment)}.{pk}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """None for what `cursor_after` did not write."""
    try:
        moment, _dot, pk = (
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").partition(".")
        )
    except (ValueError, binascii.Error):
        return None
    created_at = read_stamp(moment)
    if created_at is None or not pk.isdigit() or len(pk) > 18:
        return None
    return created_at, int(pk)


class Place(NamedTuple):
    """In a list that several tables fill, in the order of time: `source` is the number of the table."""

    at: datetime
    source: int
    pk: int

    def __str__(self) -> str:
        return f"{stamp(self.at)}_{self.source}_{self.pk}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for what is no place; a list then begins at its beginning."""
        match = re.fullmatch("([0-9]{1,17})_([0-9]{1,2})_([0-9]{1,18})", text)
        at = read_stamp(match[1]) if match else None
        return cls(at, int(match[2]), int(match[3])) if match and at else None
