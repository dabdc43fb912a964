"""In which order news came to be: the exact one, of commits, however many write at once.

Ids and times are given before the commit, so that a reader who remembers the last of them misses what was
begun earlier and committed later. A revision is the number of the transaction instead, and a reader
remembers a `Snapshot`: which transactions it has seen the end of. What is new is what one snapshot sees
and the one before did not: nothing twice, nothing left out, and nobody waits for a transaction that
takes long.

PostgreSQL numbers its transactions itself. SQLite has one writer at a time, so that a counter which is
raised in the transaction is the order of the commits; it follows the clock, so that a database restored
from an old backup does not give the same numbers twice.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Max

from ..models import Notification, RevisionClock

_WHICH_SERVER = "SELECT system_identifier, timeline_id FROM pg_control_system(), pg_control_checkpoint()"
_MINE = "FROM notifications_revisionclock WHERE id = 1"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The transactions that have ended: all below `next`, but those of `running`."""

    next: int
    running: tuple[int, ...] = ()

    def sees(self, revision: int) -> bool:
        return revision < self.next and revision not in self.running

    @property
    def floor(self) -> int:
        """It sees everything below."""
        return min(self.running, default=self.next)


def take_revision() -> int:
    """The one for all that the caller's transaction writes."""
    if connection.vendor == "postgresql":
        return int(_one(f"SELECT base + pg_current_xact_id()::text::bigint {_MINE}")[0])  # nosec B608
    raise_it = "UPDATE notifications_revisionclock SET latest = max(latest + 1, %s) WHERE id = 1"
    return int(_one(f"{raise_it} RETURNING latest", time.time_ns() // 1000)[0])  # nosec B608


def current_snapshot() -> Snapshot:
    if connection.vendor != "postgresql":
        return Snapshot(int(_one(f"SELECT latest {_MINE}")[0]) + 1)
    base, text = _one(f"SELECT base, pg_current_snapshot()::text {_MINE}")
    _oldest, following, running = text.split(":")
    return Snapshot(base + int(following), tuple(base + int(each) for each in running.split(",") if each))


def make_clock(**kwargs: Any) -> None:
    """After migrating, so that nobody has to make it in the middle of something else."""
    _one(f"SELECT base {_MINE}")  # nosec B608 # our own words


def lineage() -> str:
    """Tells this database from every other, also from what became of a copy of it elsewhere."""
    if connection.vendor != "postgresql":
        return str(_one(f"SELECT lineage {_MINE}")[0])
    cluster, timeline = _cluster()
    known, mark = _one(f"SELECT cluster, lineage {_MINE}")
    if known != cluster:
        _begin_anew(cluster)
        mark = _one(f"SELECT lineage {_MINE}")[0]
    return f"{mark}.{timeline}"


def _one(sql: str, *params: Any) -> tuple[Any, ...]:
    """The row of the clock, which is made where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
        if row is None:
            _begin_anew(_cluster()[0] if connection.vendor == "postgresql" else "")
            cursor.execute(sql, params)
            row = cursor.fetchone()
    assert row is not None  # nosec B101 # it was just made
    return row


def _begin_anew(cluster: str) -> None:
    """A database that was moved to another server counts on from the highest number it brought along."""
    highest = Notification.objects.aggregate(highest=Max("revision"))["highest"] or 0
    values = {"lineage": secrets.token_hex(8), "cluster": cluster, "base": highest, "latest": highest}
    clock, is_new = RevisionClock.objects.get_or_create(id=1, defaults=values)
    if not is_new and clock.cluster != cluster:
        RevisionClock.objects.filter(id=1, cluster=clock.cluster).update(**values)


def _cluster() -> tuple[str, int]:
    """Which server this is, and which of its timelines; a role that may not ask is told nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WHICH_SERVER)
            name, timeline = cursor.fetchone()
            return str(name), int(timeline)
    except DatabaseError:
        return "", 0
