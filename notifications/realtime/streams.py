"""One open stream: what the hub keeps of it, and how it writes to it.

A write is done at once or not at all: the server's `send` is driven by hand, and where it would have us
wait, more than its buffer (64 KiB in uvicorn) lies unread. Ten thousand streams then need no task, queue
or timer each, and one who does not read costs nobody else anything.
"""

import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from . import sockets
from .credentials import Credential
from .resume import Cursor

SYSTEM_BYTES = 64 * 1024

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Stream:
    __slots__ = ("_file", "_send", "_server", "bucket", "credential", "cursor", "is_behind", "told")

    def __init__(self, send: Send, credential: Credential, cursor: Cursor, told: int) -> None:
        self._send = send
        # uvicorn's side of the connection. Of another server we know no more than `send`, which will do.
        self._server: Any = getattr(send, "__self__", None)
        self._file = sockets.file_of(self._transport)
        self.credential = credential
        self.cursor = cursor  # what was sent
        self.told = told  # the unread count that was told last
        self.is_behind = False  # a replay that is sent in portions, as the reader takes them
        self.bucket = 0  # which second of each STREAMS_PING_SECONDS brings its ping

    @property
    def person_id(self) -> int:
        return self.credential.person_id

    @property
    def backlog(self) -> int:
        """Bytes that the reader has left lying in this process, as far as the server tells."""
        size = getattr(self._transport, "get_write_buffer_size", None)
        return int(size()) if size else 0

    def bound(self) -> None:
        """Have the system keep little for it: else megabytes pile up there before we see one byte."""
        connection = self._transport.get_extra_info("socket") if self._transport else None
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SYSTEM_BYTES)

    def write(self, data: bytes) -> bool:
        """False where nobody reads any more."""
        server = self._server
        if getattr(server, "chunked_encoding", None):
            # What its `send` does, without a message and a coroutine for each: a third of the time of all.
            if server.flow.write_paused:
                return False
            if not server.disconnected:
                sockets.write(self._file, server.transport, b"%x\r\n%b\r\n" % (len(data), data))
            return True
        return self._drive({"type": "http.response.body", "body": data, "more_body": True})

    def end(self) -> None:
        """Say that this is all; the connection is closed when that is read."""
        if not self._drive({"type": "http.response.body", "body": b"", "more_body": False}):
            self.abort()

    def abort(self) -> None:
        """Close without waiting for anybody to read."""
        if (abort := getattr(self._transport, "abort", None)) is not None:
            abort()

    @property
    def _transport(self) -> Any:
        return getattr(self._server, "transport", None)

    def _drive(self, message: dict[str, Any]) -> bool:
        sending = cast("Coroutine[Any, Any, None]", self._send(message))
        try:
            sending.send(None)
        except StopIteration:
            return True
        except Exception:  # the connection went away; the server says so in its own way
            return False
        sending.close()
        return False
