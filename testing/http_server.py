"""A real HTTP server that answers as a test says, badly if need be, and keeps what it was sent."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Request(NamedTuple):
    path: str
    headers: dict[str, str]  # their names in lower case
    body: bytes


@dataclass
class FarEnd:
    """`answers`: taken one by one, and the last for ever: a status, a status with headers, or a misdeed."""

    url: str = ""
    answers: deque[Any] = field(default_factory=lambda: deque([201]))
    requests: list[Request] = field(default_factory=list)
    patience: threading.Event = field(default_factory=threading.Event)  # ends whatever hangs
    poured: int = 0  # bytes

    def will(self, *answers: Any) -> None:
        self.answers = deque(answers)

    def next_answer(self) -> Any:
        return self.answers.popleft() if len(self.answers) > 1 else self.answers[0]


# Misdeeds, which are given the socket.


def hangs(far_end: FarEnd, link: Any) -> None:
    """Takes it, and says nothing."""
    far_end.patience.wait(30)


def hangs_up(far_end: FarEnd, link: Any) -> None:
    """Takes it, and closes."""


def pours(far_end: FarEnd, link: Any) -> None:
    """Answers with a body of 100 MB, as fast as it is read."""
    link.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 104857600\r\n\r\n")
    piece = b"x" * 65536
    try:
        for _piece in range(1600):
            link.sendall(piece)
            far_end.poured += len(piece)
    except OSError:
        pass


def drips(far_end: FarEnd, link: Any) -> None:
    """A byte of its head now and then: each in time, all of them never."""
    try:
        while not far_end.patience.wait(0.05):
            link.sendall(b"H")
    except OSError:
        pass


def babbles(far_end: FarEnd, link: Any) -> None:
    """Speaks something else."""
    link.sendall(b"220 mail.example ESMTP\r\n")


@contextmanager
def serving() -> Iterator[FarEnd]:
    far_end = FarEnd()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            far_end.requests.append(Request(self.path, headers, body))
            answer = far_end.next_answer()
            if callable(answer):
                answer(far_end, self.connection)
                self.close_connection = True
                return
            status, more = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args: Any) -> None:
            """Not on the screen of whoever runs the tests."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """The other side hung up: it may."""

    server = Server(("127.0.0.1", 0), Handler)
    far_end.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield far_end
    finally:
        far_end.patience.set()
        server.shutdown()
        server.server_close()
        thread.join()
