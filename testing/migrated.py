"""Parallel workers on SQLite migrate one database together: the first makes it, the others copy it."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    """While the block makes the test database, out of the copy in this folder if there is one."""
    migrated = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        creation = connection.creation
        empty = creation._create_test_db

        def filled(*arguments: Any, **options: Any) -> str:
            name = str(empty(*arguments, **options))
            if migrated.exists():
                shutil.copy(migrated, name)
            return name

        creation._create_test_db = filled
        try:
            yield
            if not migrated.exists():
                with connection.cursor() as cursor:
                    cursor.execute("VACUUM INTO %s", [str(migrated)])
        finally:
            creation._create_test_db = empty
