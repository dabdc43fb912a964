"""A real server process, as `bin/run` starts it, for tests that kill it or look at it in a browser."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 25  # the promise of a graceful stop
# PostgreSQL ends the transaction that notices a deadlock. This process serves on while a test empties the
# tables in its own order: let it notice first, and try again as it does after any such error.
YIELDS = "-c deadlock_timeout=20"


def database_url() -> str:
    """The database that the running test has, for a process of its own."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    server = urlsplit(os.environ["DATABASE_URL"])
    query = "&".join(filter(None, [server.query, f"options={quote(YIELDS)}"]))
    return server._replace(path=f"/{name}", query=query).geturl()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """`with Site(DATABASE_URL=…) as site:` serves at `site.url` until the block ends."""

    def __init__(self, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "myproject.settings",
            "SECRET_KEY": "only-for-tests",
            "SITE_URL": f"http://localhost:{self.port}",
            "RATE_LIMITS": "0",
            "REPUTATION": "0",  # a badge is a notification, and tests count those
            "NOTIFICATION_EMAIL_DELAY_SECONDS": "0",
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
        server = (
            "uvicorn",
            "myproject.asgi:application",
            "--port",
            str(self.port),
            "--ws",
            "none",
            "--no-access-log",
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", *server, "--timeout-graceful-shutdown", "3"],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("SITE_LOG") else subprocess.DEVNULL,
        )
        self._wait_until_it_answers()

    def manage(self, *arguments: str) -> str:
        """What a management command prints; raises CalledProcessError where it fails."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment, check=True, capture_output=True, text=True
        ).stdout

    def kill(self) -> None:
        """SIGKILL, without a word of warning."""
        process = self._running()
        process.kill()
        process.wait()

    def stop(self) -> float:
        """SIGTERM; answers how many seconds it took. Raises where the server does not end well."""
        process = self._running()
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=STOP_SECONDS + 5)
        self._process = None
        # uvicorn ends a graceful stop by sending itself the signal that it was sent.
        if code not in (0, -signal.SIGTERM):
            raise RuntimeError(f"the server ended with {code}")
        return time.monotonic() - began

    def end(self) -> None:
        """However it stands."""
        if self._process is not None:
            self.kill()
            self._process = None

    def pids(self) -> list[int]:
        """Of all its processes that work on notifications."""
        return [self.pid]

    @property
    def pid(self) -> int:
        return self._running().pid

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._running().poll() is not None:
                raise RuntimeError(f"the server ended at once with {self._running().returncode}")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise TimeoutError("the server does not answer")
