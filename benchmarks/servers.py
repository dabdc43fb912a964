"""The processes of a benchmark over HTTP: the site as bin/run serves it, and slow mail servers."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.child import ROOT, environment

START_SECONDS = 180  # on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site(url: str, **variables: str) -> Iterator[int]:
    """Serve on the database of that URL; yields the port."""
    with site_process(url, **variables) as (port, _process):
        yield port


@contextmanager
def site_process(url: str, **variables: str) -> Iterator[tuple[int, int]]:
    """The same; yields the port and the process."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "myproject.asgi:application",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--lifespan", "on", "--timeout-graceful-shutdown", "5", "--no-access-log"]
    with running(
        [*command, "--no-server-header", "--log-level", "warning"], port, environment(url, **variables)
    ) as process:
        yield port, process


@contextmanager
def application(name: str, url: str, **variables: str) -> Iterator[tuple[int, int]]:
    """Any ASGI application on the database of that URL; yields the port and the process."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", name, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--timeout-graceful-shutdown", "2", "--no-access-log", "--log-level", "critical"]
    with running([*command, "--backlog", "4096"], port, environment(url, **variables)) as process:
        yield port, process


@contextmanager
def mail_server(delay_seconds: float) -> Iterator[int]:
    """Answers each mail after so long; yields the port."""
    port = free_port()
    with running(
        [sys.executable, "-m", "benchmarks.servers", str(port), str(delay_seconds)], port, environment("")
    ):
        yield port


@contextmanager
def running(command: list[str], port: int, variables: dict[str, str]) -> Iterator[int]:
    """Until the block ends; yields the number of the process."""
    process = subprocess.Popen(command, cwd=ROOT, env=variables)
    try:
        _wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"A server did not start: {process.args!r}")


class Slow:
    """Takes every mail, and keeps none."""

    def __init__(self, delay_seconds: float) -> None:
        self.delay_seconds = delay_seconds

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(self.delay_seconds)
        return "250 Taken"


async def serve_mail(port: int, delay_seconds: float) -> None:
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Slow(delay_seconds), hostname="localhost"), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve_mail(int(sys.argv[1]), float(sys.argv[2])))
