"""One run of pytest on one database, and what its exit code says."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
INTERRUPTED = 2
OUTCOMES = {0: "passed", INTERRUPTED: "interrupted", NOTHING_COLLECTED: "no tests ran"}
SERIAL_OPTIONS = ("-n", "--numprocesses", "-s", "--capture=no", "--pdb", "--trace")


def run(database: str, url: str, arguments: list[str], *, workers: int) -> int:
    print(f"\nTests on {database}", flush=True)
    parallel = (
        ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"] if is_wide(arguments) else []
    )
    command = [sys.executable, "-m", "pytest", *parallel, *arguments]
    return subprocess.call(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})


def is_wide(arguments: list[str]) -> bool:
    """Several workers serve a wide run; one process chosen files, and where the caller decides."""
    decided = any(argument.startswith(SERIAL_OPTIONS) for argument in arguments)
    chosen = any(Path(argument.split("::")[0]).exists() for argument in arguments)
    return not (decided or chosen)


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
