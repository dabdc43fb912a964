"""A real worker process, as an operator starts it, for tests that kill it or watch what it does."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from testing.site import ROOT, START_SECONDS, STOP_SECONDS


class CeleryWorker:
    """`with CeleryWorker(DATABASE_URL=…, CELERY_BROKER_URL=…):` works until the block ends."""

    def __init__(self, *queues: str, **environment: str) -> None:
        self._queues = ("-Q", ",".join(queues)) if queues else ()
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "myproject.settings",
            "SECRET_KEY": "only-for-tests",
            "NOTIFICATION_EXECUTOR": "celery",
            "NOTIFICATION_EMAIL_DELAY_SECONDS": "0",
            "PYTHONUNBUFFERED": "1",
            "CELERY_SKIP_CHECKS": "1",
            **environment,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.stop()

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "myproject", "worker", *self._queues]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - read when it ended badly
        self._process = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("SITE_LOG") else self._log,
        )

    def wait_until_it_works(self) -> None:
        """It has entered itself in the database."""
        from notifications.models import Worker

        until = time.monotonic() + START_SECONDS
        while not Worker.objects.filter(pid=self.pid).exists():
            if self._running().poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the worker did not start: {self._said()}")
            time.sleep(0.05)

    def wait_until_it_died(self) -> None:
        self._running().wait(START_SECONDS)
        self._process = None

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
        if code != 0:
            raise RuntimeError(f"the worker ended with {code}: {self._said()}")
        return time.monotonic() - began

    def _wait_until_it_hears(self) -> None:
        """It is begun: before, a signal ends it as any program."""
        until, caught = time.monotonic() + START_SECONDS, 0
        while not caught & (1 << (signal.SIGTERM - 1)) and time.monotonic() < until:
            status = Path("/proc", str(self.pid), "status").read_text()
            caught = int(status.partition("SigCgt:")[2].split()[0], 16)
            time.sleep(0.02)

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-5000:]

    def end(self) -> str:
        """However it stands; answers what it had to complain of."""
        if self._process is not None:
            self.kill()
        return self._said()

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        return self._running().pid

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the worker is not running")
        return self._process
