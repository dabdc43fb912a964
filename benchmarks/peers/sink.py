"""A mail server with several ports that takes every mail, and writes down which post it was about.

python -m benchmarks.peers.sink FILE DELAY_SECONDS PORT…: a line `port seconds post` for each mail.
"""

import asyncio
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import policy
from email.parser import BytesHeaderParser
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.child import environment
from benchmarks.servers import free_port, running


class Sink:
    def __init__(self, file: Path, ports: Sequence[int]) -> None:
        self._file = file
        self._free = list(ports)

    def port(self) -> int:
        """For one peer alone."""
        return self._free.pop()

    def mails(self, port: int, *, since: float = 0.0) -> list[tuple[int, float]]:
        """Of which posts, and when (seconds since 1970)."""
        lines = [line.split() for line in self._file.read_text().splitlines()]
        found = [(int(post), float(at)) for number, at, post in lines if int(number) == port]
        return [(post, at) for post, at in found if at >= since]


@contextmanager
def sink(folder: Path, *, ports: int, delay_seconds: float = 0.0) -> Iterator[Sink]:
    file, numbers = folder / f"mails-{delay_seconds}", [free_port() for _port in range(ports)]
    file.touch()
    arguments = [str(file), str(delay_seconds), *map(str, numbers)]
    command = [sys.executable, "-m", "benchmarks.peers.sink", *arguments]
    with running(command, numbers[-1], environment("")):
        yield Sink(file, numbers)


class Taker:
    def __init__(self, file: Any, delay_seconds: float, port: int) -> None:
        self.file, self.delay_seconds, self.port = file, delay_seconds, port

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        subject = str(BytesHeaderParser(policy=policy.default).parsebytes(envelope.content)["Subject"])
        [post] = re.findall(r"Post (\d+)", subject)
        self.file.write(f"{self.port} {time.time()} {post}\n")
        self.file.flush()
        await asyncio.sleep(self.delay_seconds)
        return "250 Taken"


async def serve(path: str, delay_seconds: float, ports: list[int]) -> None:
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    file = open(path, "a", encoding="ascii")  # noqa: ASYNC230, SIM115 - for good, before it serves
    for port in ports:
        taker = Taker(file, delay_seconds, port)
        await loop.create_server(partial(SMTP, taker, hostname="localhost"), "127.0.0.1", port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2]), [int(port) for port in sys.argv[3:]]))
