"""On SQLite a run migrates once, and whoever needs a database copies it: workers, and the demo community."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from testing.site import Site


def copy_to(database: str | Path, temporary: pytest.TempPathFactory) -> None:
    shutil.copy(made_once(run_folder(temporary) / "migrated.sqlite3", _migrate), database)


def run_folder(temporary: pytest.TempPathFactory) -> Path:
    """What all workers of a run have together."""
    folder = temporary.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def made_once(database: Path, make: Callable[[Path], None]) -> Path:
    """Whichever worker comes first makes it, and the others wait until it is whole."""
    with database.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists():
            make(making := database.with_stem(f"{database.stem}-making"))
            making.rename(database)
    return database


def _migrate(database: Path) -> None:
    Site(DATABASE_URL=f"sqlite:///{database}").manage("migrate", "--skip-checks", "--verbosity=0")


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
