"""The environments that the peers run in: made under var/bench by the first run, from locks with hashes."""

import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.child import ROOT

FOLDER = ROOT / "var" / "bench"
LOCKS = {
    "peers": ROOT / "benchmarks" / "requirements.txt",
    "hq": ROOT / "benchmarks" / "requirements-hq.txt",
}


def install() -> None:
    for name, lock in LOCKS.items():
        folder = FOLDER / name
        stamp, digest = folder / "lock", hashlib.sha256(lock.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            continue
        print(f"Installing {lock.name} in {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        interpreter = str(folder / "bin" / "python")
        uv, pip = [sys.executable, "-m", "uv"], [interpreter, "-m", "pip"]
        tool = [*uv, "pip", "install", "-p", interpreter] if find_spec("uv") else [*pip, "install"]
        subprocess.run([*tool, "--quiet", "--require-hashes", "-r", lock], check=True)
        stamp.write_text(digest)


def python(name: str) -> str:
    return sys.executable if name == "site" else str(FOLDER / name / "bin" / "python")


def working_folder(name: str, farm: Path) -> Path:
    """Where its processes start: beside `benchmarks` alone, so that `notifications` is a peer's package."""
    if name == "site":
        return ROOT
    link = farm / "benchmarks"
    if not link.exists():
        os.symlink(ROOT / "benchmarks", link)
    return farm
