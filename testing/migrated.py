"""On SQLite a run migrates once, and whoever needs a database copies it: workers, and the demo community."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from testing.site import Site


def copy_to(database: str | Path, temporary: pytest.TempPathFactory) -> None:
    shutil.copy(_migrated(run_folder(temporary)), database)


def run_folder(temporary: pytest.TempPathFactory) -> Path:
    """What all workers of a run have together."""
    folder = temporary.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def _migrated(folder: Path) -> Path:
    database = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists():
            making = folder / "migrating.sqlite3"
            Site(DATABASE_URL=f"sqlite:///{making}").manage("migrate", "--skip-checks", "--verbosity=0")
            making.rename(database)
    return database


@contextmanager
def beginning_with_a_copy(temporary: pytest.TempPathFactory) -> Iterator[None]:
    """While the block makes a database for tests: nothing is left to do for its `migrate`."""
    creation: Any = connection.creation
    empty = creation._create_test_db

    def filled(*arguments: Any, **options: Any) -> str:
        name = str(empty(*arguments, **options))
        copy_to(name, temporary)
        return name

    creation._create_test_db = filled
    try:
        yield
    finally:
        creation._create_test_db = empty
