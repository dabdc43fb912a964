"""A process with Django on one database, which runs the functions of one module of `benchmarks.cases`.

The benchmark's own process has no Django: it starts one child a database, and tells them in turn what
to do, so that both databases and all cases are measured side by side under the same load of the machine.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    "SECRET_KEY": "only-for-benchmarks-" * 3,
    "SITE_URL": "http://localhost:8000",
    "RATE_LIMITS": "0",
    "NOTIFICATION_EMAIL_DELAY_SECONDS": "0",
    "LOG_LEVEL": "ERROR",
    "DJANGO_SETTINGS_MODULE": "myproject.settings",
    "NOTIFICATION_EXECUTOR": "threads",
    "PYTHONUNBUFFERED": "1",
}


def environment(url: str, **more: str) -> dict[str, str]:
    """Of any process of the product on that database."""
    return {**os.environ, **ENVIRONMENT, "DATABASE_URL": url, **more}


class Child:
    """`child.call("function", argument=1)` runs it there and answers what it returned (JSON)."""

    def __init__(
        self, module: str, url: str, *, python: str = sys.executable, folder: Path = ROOT, **more: str
    ) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.child", f"benchmarks.cases.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=environment(url, **more),
        )

    def call(self, function: str, **arguments: Any) -> Any:
        self.begin(function, **arguments)
        return self.finish()

    def begin(self, function: str, **arguments: Any) -> None:
        """Let it run; `finish` waits for the end."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([function, arguments]) + "\n")
        self._process.stdin.flush()

    def finish(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("A process of this benchmark ended with an error: see above.")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended already
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve(module_name: str) -> None:
    """The child's side: one call a line, one answer a line."""
    import importlib

    import django

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever prints shall not be taken for an answer
    django.setup()
    module = importlib.import_module(module_name)
    for line in sys.stdin:
        function, arguments = json.loads(line)
        answers.write(json.dumps(getattr(module, function)(**arguments)) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
