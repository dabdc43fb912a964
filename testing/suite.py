"""The two runs of bin/test: everything on SQLite, and what is marked `both_databases` on a real PostgreSQL.

A wide run does both at once, since each waits often: for browsers, servers and clocks. What the second
prints is shown when the first is through.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from testing.runs import INTERRUPTED, OUTCOMES, ROOT, exit_code, is_wide, run
from testing.unrun import UNRUN_FILE, describe


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="belltower-unrun-") as folder:
        os.environ[UNRUN_FILE] = str(ledger := Path(folder, "unrun"))
        ledger.touch()
        codes = side_by_side(arguments) if is_wide(arguments) else in_turn(arguments)
        unrun = [tuple(line.split("\t")) for line in ledger.read_text(encoding="utf-8").splitlines()]
    print("\n" + "\n".join(f"{database}: {OUTCOMES.get(code, 'failed')}" for database, code in codes.items()))
    print(describe((reason, test) for reason, test in unrun) if unrun else "Nothing was left unrun.")
    return exit_code(list(codes.values()))


def side_by_side(arguments: list[str]) -> dict[str, int]:
    with tempfile.TemporaryFile("w+") as output:
        other = subprocess.Popen(on_postgresql(arguments), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            codes = {"SQLite": on_sqlite(arguments), "PostgreSQL": other.wait()}
        finally:
            other.terminate()  # where this run was ended early
            other.wait()
        output.seek(0)
        print(output.read(), flush=True)
    return codes


def in_turn(arguments: list[str]) -> dict[str, int]:
    codes = {"SQLite": on_sqlite(arguments)}
    if codes["SQLite"] != INTERRUPTED:
        codes["PostgreSQL"] = subprocess.call(on_postgresql(arguments), cwd=ROOT)
    return codes


def on_sqlite(arguments: list[str]) -> int:
    workers = (os.cpu_count() or 1) + 1
    return run("SQLite", f"sqlite:///{ROOT / 'var' / 'db.sqlite3'}", arguments, workers=workers)


def on_postgresql(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "testing.postgresql", *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
