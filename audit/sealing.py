"""Chaining what was committed: each row gets its place, and the digest of itself and the one before it.

Rows are written without a place, so that nobody who acts waits for anybody else. Afterwards one sealer at a
time (a lock that ends with its transaction) takes those that wait, by number, and puts them at the end. A row
whose transaction was long, and whose number is therefore lower than that of sealed ones, comes after them:
places are the order of sealing, without a gap. No row is missed, because what waits is asked of each row, not
of a number that was reached.

Until it is sealed (seconds) a row is proven by its own `mac`: it cannot be changed or made up unseen, only
taken away.
"""

from typing import NamedTuple

from django.db import connection

from notifications.transactions import dispatching
from notifications.upkeep.schedule import Rest, no_rest

from . import chain, checkpoints
from .models import Anchor, Entry

BATCH = 1_000
_LOCK = 0x61756469_74000001  # a number that no other lock of this database has


class End(NamedTuple):
    """Where the chain stands."""

    position: int
    digest: bytes


def seal(*, rest: Rest = no_rest) -> int:
    """Everything that waits; answers how much that was."""
    total = 0
    while count := _seal_some():
        total += count
        rest()
    if total:
        checkpoints.keep(checkpoints.latest())
    return total


def waiting() -> int:
    return Entry.objects.filter(position=None).count()


def end() -> End:
    """Of the rows that are there; else of those that were dropped; else the beginning."""
    last: Entry | Anchor | None = (
        Entry.objects.exclude(position=None).order_by("-position").first()
        or Anchor.objects.order_by("-position").first()
    )
    return End(last.position or 0, bytes(last.digest or b"")) if last else End(0, chain.BEGINNING)


def _seal_some() -> int:
    if not Entry.objects.filter(position=None).exists():  # asked without the lock: nearly always so
        return 0
    with dispatching():
        _one_at_a_time()
        position, digest = end()
        sealed: list[list[int | bytes | None]] = []
        for entry in Entry.objects.filter(position=None).order_by("pk")[:BATCH]:
            position += 1
            digest = chain.link(digest, position, entry.pk, bytes(entry.mac), entry.statement())
            sealed.append([position, digest, None, entry.pk])
        if not sealed:
            return 0  # another was first
        sealed[-1][2] = chain.signature(chain.signing_keys()[0], position, digest)
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE audit_entry SET position = %s, digest = %s, signature = %s WHERE id = %s", sealed
            )
        return len(sealed)


def _one_at_a_time() -> None:
    """On SQLite every transaction that writes is alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
