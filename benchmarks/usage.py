"""What processes have used so far, by the kernel's own count."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu(process: int) -> float:
    """Seconds, user and system, of all its threads; 0 where it is gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def of_processes(processes: Iterable[int]) -> dict[int, float]:
    return {process: cpu(process) for process in processes}


def of_session(session: int) -> float:
    """Of all processes that are in it now."""
    found = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):  # it has just ended
            if os.getsid(process := int(folder.name)) == session:
                found += cpu(process)
    return found


def used(before: dict[int, float], after: dict[int, float]) -> float:
    """Seconds in between; one that came meanwhile began at nothing."""
    return sum(seconds - before.get(process, 0.0) for process, seconds in after.items())


def memory(process: int) -> float:
    """Resident megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields["VmRSS"].split()[0]) / 1024


def threads(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/task"))


def files(process: int) -> int:
    """Open descriptors."""
    return len(os.listdir(f"/proc/{process}/fd"))


def kill(process: int) -> None:
    """As a power cut does."""
    os.kill(process, signal.SIGKILL)
