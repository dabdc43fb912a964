"""The connection to the mail server, on which nothing takes longer than it may.

smtplib's timeout is that of each piece of an answer: a server that sends one byte a second holds a thread
for ever, and a long line is an error though its first three digits say all. Here a reply has a time, and
so has the whole hand-over.
"""

import smtplib
import socket
import ssl
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.utils import DNS_NAME

from .base import Answer, Result
from .resolving import addresses_of

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 30.0  # of one hand-over, connecting and greeting included
QUIT_SECONDS = 2.0
LINE_KEPT = 500  # of each line of a reply; the rest is read and let go
REPLY_MAX = 256 * 1024


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def within(self, seconds: float) -> float:
        """As many seconds, or what is left. Raises TimeoutError where nothing is."""
        left = min(seconds, self._ends - time.monotonic())
        if left <= 0:
            raise TimeoutError("it took too long")
        return left


class NotReadyError(Exception):
    """There is no server that would take a message."""

    def __init__(self, result: Result, words: str) -> None:
        super().__init__(words)
        self.answer = Answer(result, words)


class Wire(smtplib.SMTP):
    def __init__(self, backend: EmailBackend, deadline: Deadline) -> None:
        super().__init__(local_hostname=DNS_NAME.get_fqdn())
        self.deadline = deadline
        self._backend = backend
        self._host = backend.host  # by which smtplib checks the certificate
        self._inbox = b""

    def getreply(self) -> tuple[int, bytes]:
        """The code, -1 for what is none, and the server's words, cut short."""
        deadline = Deadline(self.deadline.within(settings.EMAIL_TIMEOUT))
        words, room = [], REPLY_MAX
        while True:
            line, read = self._line(deadline, room)
            words.append(line[4:])
            room -= read
            if line[3:4] != b"-":
                break
        code = int(line[:3]) if len(line) >= 3 and line[:3].isdigit() else -1
        return code, b"\n".join(words)[:LINE_KEPT]

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.deadline.within(TOTAL_SECONDS))
        super().send(s)

    def encrypt(self) -> None:
        self.starttls(context=self._backend.ssl_context)
        self._inbox = b""  # whatever came before the encryption was not the server's to say

    def hang_up(self) -> None:
        """Without a word."""
        self.close()

    def part(self) -> None:
        """What the server took is taken, whatever it says to goodbye."""
        self.deadline = Deadline(QUIT_SECONDS)
        with suppress(OSError, smtplib.SMTPException):
            self.quit()
        self.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = self._connected(host, port)
        sock.settimeout(self.deadline.within(settings.EMAIL_TIMEOUT))
        # The final dot is a packet of its own, and waits for nobody's acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._inbox = b""
        if self._backend.use_ssl:
            return self._backend.ssl_context.wrap_socket(sock, server_hostname=host)
        return sock

    def _connected(self, host: str, port: int) -> socket.socket:
        failure: OSError = OSError(f"{host} has no address")
        for entry in addresses_of(host, port, seconds=self.deadline.within(CONNECT_SECONDS)):
            try:
                return socket.create_connection(entry[4][:2], self.deadline.within(CONNECT_SECONDS))
            except OSError as error:
                failure = error
        raise failure

    def _line(self, deadline: Deadline, room: int) -> tuple[bytes, int]:
        """The beginning of the next line, and how long it was."""
        line, read = b"", 0
        while True:
            head, newline, rest = self._inbox.partition(b"\n")
            line += head[: max(0, LINE_KEPT - len(line))]
            read += len(head)
            if newline:
                self._inbox = rest
                return line.rstrip(b"\r"), read
            if read > room:
                self.close()
                raise smtplib.SMTPServerDisconnected("The server’s reply has no end.")
            self._inbox = self._receive(deadline)

    def _receive(self, deadline: Deadline) -> bytes:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("The connection is closed.")
        self.sock.settimeout(deadline.within(TOTAL_SECONDS))
        received = self.sock.recv(4096)
        if not received:
            self.close()
            raise smtplib.SMTPServerDisconnected("The server closed the connection.")
        return received


def opened(backend: EmailBackend, deadline: Deadline) -> Wire:
    """Connected, encrypted and signed in as the settings say. Raises NotReadyError."""
    wire = Wire(backend, deadline)
    try:
        code, words = wire.connect(backend.host, backend.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        wire.ehlo_or_helo_if_needed()
        if backend.use_tls:
            wire.encrypt()
        if backend.username and backend.password:
            wire.login(backend.username, backend.password)
    except Exception as error:
        wire.hang_up()
        raise NotReadyError(_fault(error), words_of(error)) from error
    return wire


def _fault(error: Exception) -> Result:
    """Refused for good before it has heard of any message: that is meant for us, and for every message."""
    if isinstance(error, smtplib.SMTPResponseException):
        return Result.OURS if error.smtp_code >= 500 else Result.UNREACHABLE
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Result.UNREACHABLE
    if isinstance(error, OSError) and not isinstance(error, (ssl.SSLError, smtplib.SMTPException)):
        return Result.UNREACHABLE
    return Result.OURS  # no encryption that we trust, no way to sign in, or an error of this site


def words_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {words}"[:LINE_KEPT]
    return f"{type(error).__name__}: {error}"[:LINE_KEPT]
