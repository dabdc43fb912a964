"""A real SMTP server (aiosmtpd) that misbehaves on request."""

import asyncio
import socket
from dataclasses import dataclass, field, fields
from email.message import Message
from email.parser import BytesParser
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Behaviour:
    """An answer for each step, else the usual one; or a link that breaks, or falls silent."""

    banner: str = ""
    mail: str = ""
    rcpt: str = ""
    data: str = ""
    drop_before_data: bool = False
    drop_after_data: bool = False
    silent_after_data: bool = False
    seconds: float = 0.0  # how long it takes to accept a mail

    def __str__(self) -> str:
        return " ".join(f"{f.name}={value}" for f in fields(self) if (value := getattr(self, f.name)))


@dataclass
class SmtpServer:
    """`with SmtpServer() as server:` listens on `server.port` and keeps the `messages` it was given."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    messages: list[Message] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)  # of their envelopes

    def __enter__(self) -> Self:
        with socket.socket() as probe:  # aiosmtpd does not take port 0
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._controller = _Controller(self)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.behaviour.mail or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if not self.behaviour.rcpt:
            envelope.rcpt_tos.append(address)
        if self.behaviour.drop_before_data:
            _drop(server)
        return self.behaviour.rcpt or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.behaviour.data:
            return self.behaviour.data
        self.senders.append(envelope.mail_from)
        self.messages.append(BytesParser().parsebytes(envelope.content))
        await asyncio.sleep(self.behaviour.seconds)
        if self.behaviour.silent_after_data:
            await asyncio.sleep(5)
        if self.behaviour.drop_after_data:
            _drop(server)
        return "250 OK"


def _drop(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()


class _Controller(Controller):
    def __init__(self, owner: SmtpServer) -> None:
        super().__init__(owner, hostname="127.0.0.1", port=owner.port)
        self.owner = owner

    def factory(self) -> SMTP:
        return _Server(self.owner, ident="test")


class _Server(SMTP):
    async def push(self, status: Any) -> None:
        banner = self.event_handler.behaviour.banner
        if (
            banner
            and self.session is not None
            and not self.session.host_name
            and str(status).startswith("220")
        ):
            status = banner
        await super().push(status)
