"""A real server process, as `bin/run` starts it, for tests that kill it or look at it in a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote, urlsplit

from testing.processes import ROOT, START_SECONDS, Process

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


class Site(Process):
    """`with Site(DATABASE_URL=…) as site:` serves at `site.url` until the block ends."""

    def __init__(self, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        server = ("uvicorn", "myproject.asgi:application", "--port", str(self.port), "--ws", "none")
        super().__init__(
            *(sys.executable, "-m", *server, "--no-access-log", "--timeout-graceful-shutdown", "3"),
            **{
                "SITE_URL": f"http://localhost:{self.port}",
                "RATE_LIMITS": "0",
                "REPUTATION": "0",  # a badge is a notification, and tests count those
                **environment,
            },
        )

    def start(self) -> None:
        super().start()
        wait_until_it_answers(self, self.url)

    def manage(self, *arguments: str) -> str:
        """What a management command prints; raises CalledProcessError where it fails."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment, check=True, capture_output=True, text=True
        ).stdout

    def pids(self) -> list[int]:
        """Of all its processes that work on notifications."""
        return [self.pid]


def wait_until_it_answers(server: Process, url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.has_ended:
            raise RuntimeError(f"the server ended at once: {server.end()}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError("the server does not answer")
