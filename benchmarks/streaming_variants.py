"""The servers whose streams are measured, and what each costs its machine."""

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import http, nchan
from benchmarks.child import Child
from benchmarks.listeners import Listeners
from benchmarks.servers import application

OURS, NCHAN, VIEW, EVENTSTREAM = "Belltower", "nchan", "Django view", "django-eventstream"
FRAME = 'id: 1\nevent: note\ndata: {{"t": {now}, "title": "Somebody liked your post", "more": "{more}"}}\n\n'


@dataclass
class Variant:
    """One server with its streams; `path` is where number n listens, and `write` where one writes to it."""

    name: str
    port: int
    process: int
    child: Child
    people: list[tuple[int, str]]
    listen_path: str
    write_path: str
    number: int  # of streams that it is asked to hold
    listeners: Listeners = field(init=False)

    def __post_init__(self) -> None:
        self.listeners = Listeners(self.port, self.request, needs_event=self.name != NCHAN)

    def request(self, number: int, last_id: str) -> bytes:
        person, session = self.people[number % len(self.people)]
        resume = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
        return (
            f"GET {self.listen_path.format(person=person)} HTTP/1.1\r\nHost: localhost\r\n"
            f"Accept: text/event-stream\r\nAccept-Language: en\r\nAccept-Encoding: gzip, deflate, br\r\n"
            f"User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/130\r\n{resume}"
            f"Cookie: csrftoken={'c' * 32}; sessionid={session}\r\n\r\n"
        ).encode()

    def write(self, person: int | None = None) -> None:
        channel = "all" if person is None else f"p{person}"
        path = self.write_path.format(channel=channel)
        if person is not None and self.name != NCHAN:
            path += f"?person={person}"
        body = FRAME.format(now=time.time_ns(), more="x" * 80).encode()
        http.run(self.port, [http.Call(path, body=body)], connections=1)

    def memory(self) -> int:
        return sum(_status(process, "VmRSS") for process in _tree(self.process))

    def threads(self) -> int:
        return sum(_status(process, "Threads") for process in _tree(self.process))

    def cpu_seconds(self) -> float:
        """Of all its processes until now."""
        ticks = 0
        for process in _tree(self.process):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def connections(self) -> int:
        return 0 if self.name == NCHAN else int(self.child.call("connections", process=self.process))


def start(
    stack: ExitStack, name: str, url: str, child: Child, people: list[tuple[int, str]], number: int
) -> Variant:
    if name == NCHAN:
        port, process = stack.enter_context(nchan.nchan())
        return Variant(name, port, process, child, people, "/listen/{person}", "/write/{channel}", number)
    if name == OURS:
        port, process = stack.enter_context(
            application("benchmarks.streaming_app:application", url, STREAMS_MAX="12000")
        )
        path = "/api/notifications/stream"
        return Variant(name, port, process, child, people, path, "/benchmark/write", number)
    port, process = stack.enter_context(application("benchmarks.streaming_usual:application", url))
    path = "/view" if name == VIEW else "/eventstream"
    return Variant(name, port, process, child, people, path, f"{path}/write", number)


def _tree(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(each for child in children for each in _tree(int(child)))]


def _status(process: int, name: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
