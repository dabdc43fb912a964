"""Load over HTTP: a few connections that are kept, each sending its next request when it has its answer."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass
class Load:
    """What one run saw: seconds of each request that was answered 200, and when it began (monotonic)."""

    seconds: list[float] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Call:
    path: str
    token: str = ""
    method: str = "POST"
    cookie: str = ""
    body: bytes = b""
    what: str = ""  # for whoever looks at what was answered

    def encode(self) -> bytes:
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: localhost\r\n"
        if self.token:
            head += f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
        if self.cookie:
            head += f"Cookie: {self.cookie}\r\n"
        return f"{head}Content-Length: {len(self.body)}\r\n\r\n".encode() + self.body


def run(port: int, calls: Iterable[Call], *, connections: int) -> Load:
    """Every call once, by so many people at a time."""
    load, turn = Load(), iter(calls)
    lock = threading.Lock()
    threads = [
        threading.Thread(target=_press, args=(port, turn, lock, load)) for _connection in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if load.errors:
        raise SystemExit(f"{len(load.errors)} requests failed, the first with: {load.errors[0]}")
    return load


def _press(port: int, calls: Iterator[Call], lock: threading.Lock, load: Load) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=180) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            with lock:
                call = next(calls, None)
            if call is None:
                return
            begun = time.monotonic()
            connection.sendall(call.encode())
            answer = read(connection)
            seconds = time.monotonic() - begun
            with lock:
                if answer.startswith(b"HTTP/1.1 20"):
                    load.seconds.append(seconds)
                    load.begun.append(begun)
                else:
                    load.errors.append(answer[:300].decode(errors="replace"))


def read(connection: socket.socket) -> bytes:
    """One answer with a Content-Length, which all of the API's have."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _some(connection)
    head, _blank, body = answer.partition(b"\r\n\r\n")
    [length] = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(length):
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _some(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise SystemExit("The server closed a connection.")
    return received
