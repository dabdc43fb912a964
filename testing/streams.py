"""A client of the stream that is no browser: a socket, and the events that come out of it."""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Event:
    name: str
    id: str
    data: Any


class StreamClient:
    """Opens `path` at once; `status` and `headers` are the answer's."""

    def __init__(
        self,
        port: int,
        headers: Mapping[str, str],
        *,
        path: str = "/api/notifications/stream",
        method: str = "GET",
        receive_bytes: int = 0,
    ) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE_SECONDS)
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.connect(("127.0.0.1", port))
        lines = [f"{method} {path} HTTP/1.1"]
        lines += [
            f"{name}: {value}" for name, value in ({"Host": f"localhost:{port}"} | dict(headers)).items()
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        self._file = self.socket.makefile("rb")
        self._text = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.is_complete = False  # the server ended it, and not just the connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def abort(self) -> None:
        """With a reset, as a browser that crashes."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.close()

    def answer(self) -> int:
        """Reads the head of the answer."""
        self.status = int(self._file.readline().split()[1])
        while (line := self._file.readline().strip()) and b":" in line:
            name, _colon, value = line.decode("latin-1").partition(":")
            self.headers[name.lower()] = value.strip()
        return self.status

    def body(self) -> Any:
        """Of a refusal."""
        return json.loads(self._file.read(int(self.headers["content-length"])))

    def events(self) -> Iterator[Event]:
        """Until the server ends the stream."""
        if not self.status:
            assert self.answer() == 200, self.status
        while True:
            while b"\n\n" not in self._text:
                chunk = self._chunk()
                if not chunk:
                    return
                self._text += chunk
            block, self._text = self._text.split(b"\n\n", 1)
            yield _event(block.decode())

    def next(self, name: str) -> Event:
        """The next one of this name; others are passed over."""
        until = time.monotonic() + PATIENCE_SECONDS
        for event in self.events():
            if event.name == name:
                return event
            assert time.monotonic() < until, f"no {name}"
        raise EOFError

    def is_ended(self) -> bool:
        """Reads to the end; False where it does not come."""
        try:
            for _event in self.events():
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True

    def _chunk(self) -> bytes:
        line = self._file.readline().strip()
        size = int(line or b"0", 16)
        self.is_complete = line == b"0"
        data = self._file.read(size)
        self._file.readline()
        return data


def _event(block: str) -> Event:
    fields: dict[str, str] = {}
    for line in block.split("\n"):
        name, _colon, value = line.partition(": ")
        fields[name] = value
    return Event(fields.get("event", ""), fields.get("id", ""), json.loads(fields.get("data", "null")))
