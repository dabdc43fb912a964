"""A process as an operator starts it, for tests that kill it or watch how it ends."""

import os
import shlex
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Self

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 25  # the promise of a graceful stop


class Process:
    """`with Process("bin/run", DATABASE_URL=…):` runs until the block ends, and must end well then."""

    # uvicorn ends a graceful stop by sending itself the signal that it was sent.
    ends_with: ClassVar[tuple[int, ...]] = (0, -signal.SIGTERM)
    folder = ROOT  # of the code that it runs

    def __init__(self, *command: str, **environment: str) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "myproject.settings",
            "SECRET_KEY": "only-for-tests",
            "NOTIFICATION_EMAIL_DELAY_SECONDS": "0",
            **environment,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_running:
            self.stop()

    def start(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - read when it ended badly
        self._process = subprocess.Popen(
            self._command,
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("SITE_LOG") else self._log,
        )

    def kill(self) -> None:
        """SIGKILL, without a word of warning."""
        process = self._running()
        process.kill()
        process.wait()
        self._process = None

    def stop(self) -> float:
        """SIGTERM; answers how many seconds it took. Raises where it does not end well."""
        process = self._running()
        self._wait_until_it_hears()
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=STOP_SECONDS + 5)
        self._process = None
        if code not in self.ends_with:
            raise RuntimeError(f"{self} ended with {code}: {self._said()}")
        return time.monotonic() - began

    def end(self) -> str:
        """However it stands; answers what it had to complain of."""
        if self.is_running:
            self.kill()
        return self._said()

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def has_ended(self) -> bool:
        """By itself."""
        return self._running().poll() is not None

    @property
    def pid(self) -> int:
        return self._running().pid

    def __str__(self) -> str:
        return " ".join(self._command)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self} is not running")
        return self._process

    def _wait_until_it_hears(self) -> None:
        """It is begun: before, a signal ends it as any program."""
        until = time.monotonic() + START_SECONDS
        while not self.has_ended and not hears(self.pid) and time.monotonic() < until:
            time.sleep(0.02)

    def _said(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-5000:]


def hears(pid: int) -> bool:
    """Whether it does something of its own at SIGTERM."""
    status = Path("/proc", str(pid), "status").read_text()
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught & (1 << (signal.SIGTERM - 1)))


def of_the_procfile(**environment: str) -> dict[str, Process]:
    """Each by its name there; none is started."""
    lines = [line.partition(":") for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()]
    return {name: Process(*shlex.split(command), **environment) for name, _colon, command in lines}
