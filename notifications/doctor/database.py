"""The database: that what was acknowledged survives, and that nobody waits for it in vain."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from .asking import Asking
from .finding import Finding, failure, ok, warning

BUSY_MILLISECONDS = 20_000
SYNCHRONOUS_FULL = 2
LITTLE_BYTES, SOME_BYTES = 200 * 2**20, 2**30
OFF_SECONDS = 2.0
OLDEST_POSTGRESQL = 14  # for Django
_CLOCK = "Let both machines keep their clocks right: timedatectl set-ntp true."


def check_answer(asking: Asking) -> Iterator[Finding]:
    """On a connection of this thread's own: with a database that is away, one may wait for ever."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        yield ok(f"{connection.display_name} answers.")
    except Exception as error:  # of a driver, or of Django itself about the driver
        yield failure(f"{type(error).__name__}: {error}", "See DATABASE_URL, and whether the server runs.")
    finally:
        connection.close()


def check(asking: Asking) -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        yield of_pragmas(
            *(str(_value(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "busy_timeout"))
        )
        path = Path(str(connection.settings_dict["NAME"]))
        if path.exists():
            yield of_free_bytes(path, shutil.disk_usage(path.parent).free)
    else:
        yield of_version(int(_value("SHOW server_version_num")))
        yield of_durability(str(_value("SHOW fsync")), str(_value("SHOW synchronous_commit")))
        before = time.time()
        there = float(_value("SELECT extract(epoch FROM clock_timestamp())"))
        yield of_clock((before + time.time()) / 2 - there)


@contextmanager
def impatient(seconds: float) -> Iterator[None]:
    """Nothing is waited for longer, such as a table that a migration holds. In SQLite readers never wait."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [int(seconds * 1000)])
        yield
        cursor.execute("RESET statement_timeout")


def of_pragmas(journal: str, synchronous: str, busy: str) -> Finding:
    seen = f"SQLite: journal_mode={journal}, synchronous={synchronous}, busy_timeout={busy}."
    if journal != "wal":
        return failure(seen, "It must be in WAL mode: keep the file on a local disk, not a network share.")
    if int(synchronous) < SYNCHRONOUS_FULL or int(busy) < BUSY_MILLISECONDS:
        return warning(
            seen, "Take out what changes the settings of the database: FULL (2) and 30 seconds are right."
        )
    return ok(seen)


def of_free_bytes(path: Path, free: int) -> Finding:
    seen = f"{free / 2**20:,.0f} MiB are free for {path}."
    if free < LITTLE_BYTES:
        return failure(seen, "Make room now: with a full disk nothing can be written.")
    return warning(seen, "Make room soon.") if free < SOME_BYTES else ok(seen)


def of_version(number: int) -> Finding:
    seen = f"PostgreSQL {number // 10_000}.{number % 10_000}."
    return (
        ok(seen)
        if number // 10_000 >= OLDEST_POSTGRESQL
        else failure(seen, f"Update it to {OLDEST_POSTGRESQL} or newer.")
    )


def of_durability(fsync: str, synchronous_commit: str) -> Finding:
    seen = f"fsync={fsync}, synchronous_commit={synchronous_commit}."
    if fsync != "on":
        return failure(seen, "Turn fsync on: a power cut may destroy the database.")
    if synchronous_commit == "off":
        return warning(seen, "Turn synchronous_commit on: a crash may lose what was acknowledged.")
    return ok(seen)


def of_clock(off: float) -> Finding:
    seen = f"This machine’s clock is {off:+.1f} seconds from the database’s."
    return ok(seen) if abs(off) < OFF_SECONDS else warning(seen, _CLOCK)


def _value(query: str) -> str | int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    value: str | int = row[0]
    return value
