"""Where a stream stands, and the `id:` by which a client that lost it says so.

An id is opaque to clients. It holds when it was given, the position, and a seal that no other database,
secret key or person has: what does not fit is told by one `reset`, and the stream goes on from now.
"""

import re
import time
from dataclasses import dataclass
from hashlib import blake2s

from django.conf import settings

from .revisions import Snapshot

LONGEST = 4000  # characters; an id names the transactions that ran meanwhile, a handful as a rule
OLDEST_MINUTES = 24 * 60
AHEAD_MINUTES = 10  # clocks of several machines differ
_SHAPE = re.compile(
    r"([0-9a-f]{1,8})-([0-9a-f.]+)(?:-([0-9a-f.]+)-([0-9a-f]{1,16})\.([0-9a-f]{1,16}))?-([0-9a-f]{10})"
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """All that `seen` sees was sent; and of what `until` sees beyond that, up to a revision and row."""

    seen: Snapshot
    until: Snapshot | None = None
    revision: int = 0
    row_id: int = 0

    def has(self, revision: int, row_id: int) -> bool:
        if self.seen.sees(revision):
            return True
        reached = (revision, row_id) <= (self.revision, self.row_id)
        return self.until is not None and reached and self.until.sees(revision)


class EventIds:
    """Of one database: `lineage` tells it from others."""

    def __init__(self, lineage: str) -> None:
        self._key = blake2s(f"{settings.SECRET_KEY}:stream:{lineage}".encode()).digest()

    def write(self, person_id: int, cursor: Cursor) -> str:
        body = f"{int(time.time()) // 60:x}-{_write(cursor.seen)}"
        if cursor.until is not None:
            body = f"{body}-{_write(cursor.until)}-{cursor.revision:x}.{cursor.row_id:x}"
        return f"{body}-{self._seal(person_id, body)}"

    def read(self, person_id: int, text: str) -> Cursor | None:
        """None for whatever was not written for this person, by this site, within a day."""
        found = _SHAPE.fullmatch(text) if len(text) <= LONGEST else None
        if found is None or self._seal(person_id, text[:-11]) != found[6]:
            return None
        age = int(time.time()) // 60 - int(found[1], 16)
        if not -AHEAD_MINUTES <= age <= OLDEST_MINUTES:
            return None
        if found[3] is None:
            return Cursor(_read(found[2]))
        return Cursor(_read(found[2]), _read(found[3]), int(found[4], 16), int(found[5], 16))

    def _seal(self, person_id: int, body: str) -> str:
        return blake2s(f"{person_id}:{body}".encode(), key=self._key, digest_size=5).hexdigest()


def _write(snapshot: Snapshot) -> str:
    """`next`, and how far below it each running transaction is."""
    return ".".join([f"{snapshot.next:x}", *(f"{snapshot.next - each:x}" for each in snapshot.running)])


def _read(text: str) -> Snapshot:
    following, *distances = (int(part, 16) for part in text.split("."))
    return Snapshot(following, tuple(following - distance for distance in distances))
