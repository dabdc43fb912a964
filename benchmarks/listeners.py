"""Thousands of open streams in one thread: when each of their events arrived, by the kernel's own clock.

The stamp that the kernel gives a packet (SO_TIMESTAMPNS) leaves out how long this process took to read it.
"""

import re
import resource
import select
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SO_TIMESTAMPNS = 35
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
AT_ONCE = 512  # connections in the making
ID = re.compile(rb"^id: ([^\n]+)\n", re.M)
EVENT = re.compile(rb"^event: notification\n", re.M)
STAMP = re.compile(rb'"t": ?(\d{19})')


@dataclass
class Stream:
    number: int
    socket: socket.socket
    asked: bool = False
    is_open: bool = False
    head: bytes = b""
    last_id: str = ""


@dataclass
class Listeners:
    """`request(number, last_id)` is what stream `number` sends; it is open at its first event."""

    port: int
    request: Callable[[int, str], bytes]
    needs_event: bool = True  # else it is open with the head of the answer
    streams: dict[int, Stream] = field(default_factory=dict)  # by file
    last_ids: dict[int, str] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    stamped: list[float] = field(default_factory=list)  # seconds from the stamp in an event to its arrival
    arrivals: list[tuple[int, int]] = field(default_factory=list)  # stream, nanoseconds: of each notification
    _poll: select.epoll = field(default_factory=select.epoll)
    _opening: int = 0

    def open(self, count: int, *, at_once: int = AT_ONCE, patience_seconds: float = 180) -> float:
        """Seconds until all are open; less than all where the server does not take them."""
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        begun, number, until = time.monotonic(), 0, time.monotonic() + patience_seconds
        while (number < count or self._opening) and time.monotonic() < until:
            while number < count and self._opening < at_once:
                self._connect(number)
                number += 1
            self._turn(0.5)
        if self._opening:
            self.errors["not open in time"] += self._opening
        return time.monotonic() - begun

    @property
    def number_open(self) -> int:
        return sum(stream.is_open for stream in self.streams.values())

    def hear(self, seconds: float, *, until: Callable[[], bool] = lambda: False) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            self._turn(min(0.05, max(0.0, end - time.monotonic())))

    def forget(self) -> None:
        self.stamped.clear()
        self.arrivals.clear()

    def close(self) -> None:
        """All at once, with a reset: as a proxy that restarts."""
        for stream in self.streams.values():
            self.last_ids[stream.number] = stream.last_id
            stream.socket.close()
        self.streams.clear()
        self._poll.close()
        self._poll, self._opening = select.epoll(), 0

    def _connect(self, number: int) -> None:
        connection = socket.socket(type=socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        connection.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        connection.bind((f"127.0.0.{2 + number % 4}", 0))  # one address has too few ports
        connection.connect_ex(("127.0.0.1", self.port))
        self._opening += 1
        self.streams[connection.fileno()] = Stream(number, connection)
        self._poll.register(connection.fileno(), select.EPOLLOUT)

    def _turn(self, seconds: float) -> None:
        for file, _events in self._poll.poll(seconds, 2048):
            stream = self.streams[file]
            try:
                if stream.asked:
                    self._read(file, stream)
                else:
                    last_id = self.last_ids.get(stream.number, "")
                    stream.socket.send(self.request(stream.number, last_id))
                    stream.asked = True
                    self._poll.modify(file, select.EPOLLIN)
            except BlockingIOError:
                pass
            except OSError as error:
                self._drop(file, type(error).__name__)

    def _read(self, file: int, stream: Stream) -> None:
        data, extra, _flags, _address = stream.socket.recvmsg(262_144, 64)
        if not data:
            self._drop(file, "ended")
            return
        if not stream.is_open:
            stream.head += data
            if not stream.head.startswith(b"HTTP/1.1 200"[: len(stream.head)]):
                self._drop(file, stream.head[:12].decode("latin-1"))
                return
            _head, blank, body = stream.head.partition(b"\r\n\r\n")
            if not blank or (self.needs_event and b"\n\n" not in body.replace(b"\r", b"")):
                return
            stream.is_open, stream.head, data = True, b"", body
            self._opening -= 1
        self._take(stream, data, extra)

    def _take(self, stream: Stream, data: bytes, extra: list[tuple[int, int, bytes]]) -> None:
        for found in ID.finditer(data):
            stream.last_id = found[1].decode()
        now = next(_stamps(extra), time.time_ns())
        self.stamped += [(now - int(found[1])) / 1e9 for found in STAMP.finditer(data)]
        self.arrivals += [(stream.number, now)] * len(EVENT.findall(data))

    def _drop(self, file: int, why: str) -> None:
        stream = self.streams.pop(file)
        self._poll.unregister(file)
        stream.socket.close()
        self.errors[why] += 1
        if not stream.is_open:
            self._opening -= 1


def _stamps(extra: list[tuple[int, int, bytes]]) -> Iterator[int]:
    for _level, kind, data in extra:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data)
            yield seconds * 1_000_000_000 + nanoseconds
