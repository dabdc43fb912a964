"""POST to an address that somebody else named: none of them leads into the house this site stands in.

A name is resolved once, and the address that it gave is the one that is judged and connected to: a name
that answers differently the second time gains nothing by it. A redirect is an answer like any other, and
of a body no more than a beginning is read. Each request has one deadline for all of it.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

import h11
from django.conf import settings

from .resolving import addresses_of

SECONDS = 10.0
CONNECT_SECONDS = 5.0
BODY_MAX = 64 * 1024
WAIT_MAX_SECONDS = 24 * 60 * 60
_PIECE = 16 * 1024
_UNICAST = ipaddress.ip_network("2000::/3")
# Of special use, and not known as such by every Python that serves us.
_SPECIAL = [
    ipaddress.ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenError(Exception):
    """Not an address to send to. Nobody was asked."""


class NotSentError(Exception):
    """Nobody was there, or it broke before all of it was handed over: definitely not taken."""


class NoAnswerError(Exception):
    """Handed over, and nobody knows what became of it."""


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]  # their names in lower case
    body: bytes  # or its beginning

    @property
    def words(self) -> str:
        """For a log: one line."""
        said = " ".join(self.body[:400].decode("utf-8", "replace").split())
        return f"{self.status} {said}".strip()

    def wait_seconds(self, now: datetime) -> int:
        """How long the other side asks to be left alone (Retry-After); 0 where it does not say."""
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return min(int(said[:9]), WAIT_MAX_SECONDS)
        try:
            return max(0, min(int((parsedate_to_datetime(said) - now).total_seconds()), WAIT_MAX_SECONDS))
        except (ValueError, TypeError):  # no date, or one without a zone
            return 0


class Place(NamedTuple):
    """Where a URL leads, as far as it says so itself."""

    is_secure: bool
    host: str
    port: int
    netloc: str
    target: str

    @classmethod
    def of(cls, url: str) -> "Place":
        """Raises ForbiddenError for what is no address of the web."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        except (ValueError, UnicodeError):
            raise ForbiddenError("This is no address.") from None
        if parts.scheme not in ("https", "http") or not host:
            raise ForbiddenError("This is no address of the web.")
        if not url.isascii() or not url.isprintable() or " " in url or "@" in parts.netloc:
            raise ForbiddenError("This address has in it what does not belong there.")
        is_secure = parts.scheme == "https"
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(is_secure, host, port or (443 if is_secure else 80), parts.netloc, target)

    @property
    def is_usual(self) -> bool:
        """Else it may lead only where the site's settings say so."""
        return self.is_secure and self.port == 443


def post(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS) -> Reply:
    """Raises ForbiddenError, NotSentError or NoAnswerError."""
    place, until = Place.of(url), time.monotonic() + seconds
    with closing(_connected(place, until)) as link:
        talk = h11.Connection(h11.CLIENT)
        try:
            _send(talk, link, place, body, headers)
        except OSError as error:
            # Perhaps it said why before it hung up.
            try:
                return _reply(talk, link, until)
            except NoAnswerError:
                raise NotSentError(_words(error)) from error
        return _reply(talk, link, until)


def may_reach(address: str, *, is_usual: bool) -> bool:
    """Whether a connection may be made to this resolved address."""
    found: _Address = ipaddress.ip_address(address)
    inner = _inner(found)
    allowed = [ipaddress.ip_network(network) for network in settings.OUTBOUND_MAY_REACH]
    if any(inner in network or found in network for network in allowed):
        return True
    if isinstance(inner, ipaddress.IPv6Address) and inner not in _UNICAST:
        return False
    if any(inner in network for network in _SPECIAL):
        return False
    return is_usual and inner.is_global and not inner.is_multicast


def _inner(address: _Address) -> _Address:
    """The address of version 4 that one of version 6 leads to, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _connected(place: Place, until: float) -> socket.socket:
    try:
        found = addresses_of(place.host, place.port, seconds=min(CONNECT_SECONDS, _left(until)))
    except (OSError, UnicodeError) as error:
        raise NotSentError(_words(error)) from error
    open_to_us = [entry for entry in found if may_reach(str(entry[4][0]), is_usual=place.is_usual)]
    if not open_to_us:
        raise ForbiddenError("Nothing is sent to this address from here.")
    failure: OSError = TimeoutError("no time left")
    for family, kind, protocol, _name, address in open_to_us:
        link = socket.socket(family, kind, protocol)
        try:
            link.settimeout(min(CONNECT_SECONDS, _left(until)))
            link.connect(address)
            link.settimeout(_left(until))
            return _trusted().wrap_socket(link, server_hostname=place.host) if place.is_secure else link
        except OSError as error:  # also what TLS has to object
            link.close()
            failure = error
    raise NotSentError(_words(failure)) from failure


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


def _send(
    talk: h11.Connection, link: socket.socket, place: Place, body: bytes, headers: Mapping[str, str]
) -> None:
    own = {"Host": place.netloc, "Content-Length": str(len(body)), "Connection": "close"}
    own |= {"User-Agent": settings.SITE_NAME.encode("ascii", "ignore").decode() or "Belltower"}
    request = h11.Request(method="POST", target=place.target, headers=[*own.items(), *headers.items()])
    pieces = (talk.send(request), talk.send(h11.Data(data=body)), talk.send(h11.EndOfMessage()))
    link.sendall(b"".join(piece or b"" for piece in pieces))


def _reply(talk: h11.Connection, link: socket.socket, until: float) -> Reply:
    """Once its head is there, whatever happens to the rest changes nothing."""
    head: h11.Response | None = None
    body = bytearray()
    try:
        while len(body) < BODY_MAX:
            event = talk.next_event()
            if event is h11.NEED_DATA:
                link.settimeout(_left(until))
                talk.receive_data(link.recv(_PIECE))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif not isinstance(event, h11.InformationalResponse):
                break
    except (OSError, h11.RemoteProtocolError) as error:
        if head is None:
            raise NoAnswerError(_words(error)) from error
    if head is None:
        raise NoAnswerError("The connection was closed without an answer.")
    names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers}
    return Reply(head.status_code, names, bytes(body[:BODY_MAX]))


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
