"""SQLite by its own means: a file that a site writes to must not be copied as a file."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .archive import BackupError

WAIT_SECONDS = 30.0


def dump(connection: BaseDatabaseWrapper, target: Path) -> None:
    """As it is at one moment: all at once, for a copy in steps begins anew at every write in between."""
    with closing(_open(connection)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without companions


def restore(connection: BaseDatabaseWrapper, dumped: Path, statements: Iterable[str]) -> None:
    """In place of whatever is there, in one transaction; `statements` are run on the copy before that."""
    with closing(sqlite3.connect(dumped)) as copy:
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupError("The database of this backup is damaged.")
        with copy:
            for statement in statements:
                copy.execute(statement)
        connections.close_all()
        with closing(_open(connection)) as target:
            copy.backup(target)


def _open(connection: BaseDatabaseWrapper) -> sqlite3.Connection:
    path = Path(str(connection.settings_dict["NAME"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = sqlite3.connect(path, timeout=WAIT_SECONDS)
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA synchronous=FULL")
    return opened
