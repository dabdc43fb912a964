"""An SMTP server on bare sockets, for what aiosmtpd is too polite to do.

`answers` says how it meets each step: with a line, or with a deed that is given the connection. A step
that is not named is answered as usual. Steps: BANNER, EHLO, AUTH, MAIL, RCPT, DATA, BODY (while it comes),
DOT (after the final dot), RSET and QUIT.
"""

import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from email.parser import BytesParser
from types import TracebackType
from typing import Self

Deed = Callable[["Line"], None]
USUAL = {
    "BANNER": "220 rude.example", "EHLO": "250-rude.example\r\n250 AUTH PLAIN", "AUTH": "235 you",
    "MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 go on", "DOT": "250 taken", "QUIT": "221 bye",
}  # fmt: skip


class Line:
    """One connection, as the server holds it."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self.sock = sock
        self.stopping = stopping
        self.file = sock.makefile("rb")

    def say(self, text: str) -> None:
        self.sock.sendall(text.encode() + b"\r\n")


def drop(line: Line) -> None:
    line.sock.shutdown(socket.SHUT_RDWR)


def reset(line: Line) -> None:
    line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.file.close()
    line.sock.close()


def hang(line: Line) -> None:
    line.stopping.wait(60)


def dribble(line: Line) -> None:
    """One byte at a time, and never a whole line."""
    for byte in b"250 " + b"." * 600:
        line.sock.sendall(bytes([byte]))
        if line.stopping.wait(0.05):
            return


def say_much(line: Line) -> None:
    line.say("250 " + "x" * 60 * 1024)


class RudeServer:
    """`with RudeServer({"RCPT": "450 busy"}) as server:` listens on `server.port`."""

    def __init__(self, answers: dict[str, str | Deed] | None = None) -> None:
        self.answers = answers or {}
        self.commands: list[str] = []
        self.messages: list[Message] = []
        self.seen: Counter[str] = Counter()
        self._stopping = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for sock in [self._listener, *self._open]:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _address = self._listener.accept()
                self._open.append(sock)
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError, ValueError):  # the other side left, or we closed on it
            line = Line(sock, self._stopping)
            self._answer("BANNER", line)
            while command := line.file.readline():
                self.commands.append(command.decode().strip())
                verb = command[:4].decode().upper()
                if verb == "DATA" and self._answer("DATA", line).startswith("354"):
                    self._take(line)
                elif verb != "DATA":
                    self._answer(verb, line)
                if verb == "QUIT":
                    sock.shutdown(socket.SHUT_RDWR)

    def _take(self, line: Line) -> None:
        body = b""
        if "BODY" in self.answers:
            self._answer("BODY", line)
        while (part := line.file.readline()) not in (b".\r\n", b""):
            body += part
        self.messages.append(BytesParser().parsebytes(body))
        self._answer("DOT", line)

    def _answer(self, step: str, line: Line) -> str:
        self.seen[step] += 1
        answer = self.answers.get(step, USUAL.get(step, "250 OK"))
        if not isinstance(answer, str):
            answer(line)
            return ""
        line.say(answer)
        return answer
