"""A peer at work on one database: its server and its workers, each in a session of its own."""

import os
import signal
import subprocess
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.child import Child, environment
from benchmarks.servers import START_SECONDS, free_port
from benchmarks.usage import of_session

from . import Peer, environments

STOP_SECONDS = 30
SERVER = "--lifespan on --no-access-log --log-level critical --timeout-graceful-shutdown 2 --host 127.0.0.1"


class Program:
    """Starts, ends and dies together with all processes that it begins."""

    def __init__(self, command: list[str], folder: Path, variables: dict[str, str]) -> None:
        self._command, self._folder, self._variables = command, folder, variables
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._variables,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("COMPARISON_LOG") else subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """SIGKILL to all of it at once, as when memory or power is gone."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        try:
            self.kill()
        except ProcessLookupError:  # nobody of that session is left
            self._process = None

    def check(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            raise SystemExit(f"A program ended by itself (COMPARISON_LOG=1 shows why): {self._command}")

    def cpu_seconds(self) -> float:
        return 0.0 if self._process is None else of_session(self._process.pid)


@dataclass
class Deployment:
    peer: Peer
    url: str  # of the database
    mail_port: int
    folder: Path
    variables: dict[str, str]
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        python = environments.python(self.peer.python)
        at = environments.working_folder(self.peer.python, self.folder)
        self.variables = {
            **dict(self.peer.variables),
            **self.variables,
            "DJANGO_SETTINGS_MODULE": self.peer.settings,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "NOTIFICATION_MAIL_PER_DOMAIN": "0",  # the others pace nothing
            "PYTHONPATH": "",
            "CELERY_SKIP_CHECKS": "1",
        }
        surroundings = environment(self.url, **self.variables)
        serve = [python, "-m", "uvicorn", self.peer.server, "--port", str(self.port), *SERVER.split()]
        self.server = Program(serve, at, surroundings)
        self.workers = [Program([python, *each.split()], at, surroundings) for each in self.peer.workers]
        self._at, self._python = at, python

    @property
    def programs(self) -> list[Program]:
        return [self.server, *self.workers]

    def child(self) -> Child:
        """A process that fills the stage and looks at it."""
        return Child("comparing", self.url, python=self._python, folder=self._at, **self.variables)

    def start(self) -> None:
        self.start_server()
        for worker in self.workers:
            worker.start()

    def start_server(self) -> None:
        self.server.start()
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.get("/stage/taken")
            except OSError:
                self.server.check()
                if time.monotonic() > until:
                    raise SystemExit(f"The server of {self.peer.title} does not answer.") from None
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        for program in self.programs:
            program.stop()

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            body: bytes = answer.read()
        return body

    def cpu_seconds(self) -> float:
        return sum(program.cpu_seconds() for program in self.programs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def figures_of(answer: Any) -> tuple[list[float], list[float]]:
    """Seconds of processor and of clock, from the answer of /stage/taken."""
    return [cpu for cpu, _wall in answer], [wall for _cpu, wall in answer]
