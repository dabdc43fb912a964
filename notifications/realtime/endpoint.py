"""GET /api/notifications/stream, as plain ASGI: it goes past Django, whose requests each hold a thread."""

import itertools
import json
import random
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host

from myproject import access
from myproject.plain_answers import safe_headers

from . import frames, hub, stats, tickets
from .admission import Admitted, UnavailableError
from .credentials import Presented
from .hub import Hub
from .resume import Cursor
from .streams import Send, Stream
from .tickets import Ticket

PATH = re.compile(r"/api/notifications/stream/?")
LONGEST_SECRET = 256

Receive = Callable[[], Awaitable[dict[str, Any]]]

# Names of connections and requests, of which nothing depends on being secret: to ask the system for random
# bytes each time was a fifth of opening a stream.
_PROCESS, _numbers = secrets.token_hex(6), itertools.count(1)
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx hands each event on at once
    (b"connection", b"close"),
    *safe_headers(),
]


@dataclass
class RefusedError(Exception):
    status: int
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def serve(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    process = hub.start()
    stream = await _answered(process, scope, send)
    if stream is None:
        return
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        process.detach(stream)


async def _answered(process: Hub, scope: Mapping[str, Any], send: Send) -> Stream | None:
    """Opened, or refused and None. Of what is known in here, nothing stays as long as the stream does."""
    began, request_id = time.perf_counter(), _request_id(scope)
    try:
        stream = await _opened(process, scope, send, request_id)
    except RefusedError as refusal:
        await _refuse(send, refusal, request_id)
        stream, status = None, refusal.status
    else:
        status = 200
    asker = stream.credential.person_id if stream else None
    access.served(scope["method"], scope["path"], status, began, request_id=request_id, user_id=asker)
    return stream


def _a_name() -> str:
    return f"{_PROCESS}{next(_numbers):x}"


def _request_id(scope: Mapping[str, Any]) -> str:
    """The one that it came with, as of any other request."""
    shown = [value for name, value in scope["headers"] if name == b"x-request-id"]
    given = access.id_from(shown[0].decode("latin-1")) if len(shown) == 1 else ""
    return given or _a_name()


async def _opened(process: Hub, scope: Mapping[str, Any], send: Send, request_id: str) -> Stream:
    shown, last_id = _read_request(scope)
    scope["headers"].clear()  # they would stay as long as the stream does, and are a fifth of it
    admitted = await _admit(process, shown)
    headers = [*_HEADERS, (b"x-request-id", request_id.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    return _open(process, send, admitted, last_id, unchecked=isinstance(shown, Ticket))


async def _admit(process: Hub, shown: Presented | Ticket) -> Admitted:
    try:
        admitted = await process.admit(shown)
    except UnavailableError:
        raise _unavailable() from None
    if admitted is None:
        raise _not_signed_in()
    if process.ids is None:
        raise _unavailable()
    if not process.has_room_for(admitted.credential.person_id):
        raise RefusedError(429, "You have too many streams open.", _retry_after(30, 60))
    return admitted


def _open(process: Hub, send: Send, admitted: Admitted, last_id: str, *, unchecked: bool) -> Stream:
    """No other coroutine has its turn in here, so that nothing comes before the first event."""
    assert process.ids is not None  # nosec B101 # asked a moment ago
    credential = admitted.credential
    resumed = process.ids.read(credential.person_id, last_id) if last_id else None
    cursor: Cursor = resumed or admitted.cursor
    event_id = process.ids.write(credential.person_id, cursor)
    stream = Stream(send, credential, cursor, admitted.unread_count)
    stream.bound()
    first = frames.connected(
        person_id=credential.person_id,
        connection_id=_a_name(),
        unread_count=admitted.unread_count,
        event_id=event_id,
    )
    stats.sent["connected"] += 1
    if last_id and resumed is None:
        first += frames.reset(event_id)
        stats.sent["reset"] += 1
    stream.write(first)
    process.attach(stream, unchecked=unchecked)
    return stream


# --- what was asked ------------------------------------------------------------------------------


def _read_request(scope: Mapping[str, Any]) -> tuple[Presented | Ticket, str]:
    """What the client came with, and the last id that it knows. Raises RefusedError."""
    if scope["method"] != "GET":
        raise RefusedError(405, "This address is only read.", ((b"allow", b"GET"),))
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")[:16_384]))
    host = headers.get(b"host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        raise RefusedError(400, "This is another site.")
    last_id = headers.get(b"last-event-id") or query.get("last_event_id", "")
    return _presented(headers, query, host), last_id


def _presented(headers: Mapping[bytes, str], query: Mapping[str, str], host: str) -> Presented | Ticket:
    if "ticket" in query:
        if (ticket := tickets.read(query["ticket"])) is None:
            raise _not_signed_in()
        return ticket
    if b"authorization" in headers:
        scheme, _space, token = headers[b"authorization"].partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= LONGEST_SECRET:
            raise _not_signed_in()
        return Presented(token=token)
    # The browser sends the cookie along for any page that asks: only our own may.
    if not _is_from_here(headers, host):
        raise RefusedError(403, "Only pages of this site may open its stream.")
    session = parse_cookie(headers.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
    if not 0 < len(session) <= LONGEST_SECRET or "\x00" in session:
        raise _not_signed_in()
    return Presented(session=session)


def _is_from_here(headers: Mapping[bytes, str], host: str) -> bool:
    if headers.get(b"sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get(b"origin")
    return origin is None or origin in settings.CSRF_TRUSTED_ORIGINS or urlsplit(origin).netloc == host


# --- what is refused -----------------------------------------------------------------------------


def _not_signed_in() -> RefusedError:
    return RefusedError(401, "Sign in to open the stream.", ((b"www-authenticate", b"Bearer"),))


def _unavailable() -> RefusedError:
    return RefusedError(503, "No stream just now. Try again in a moment.", _retry_after(5, 15))


def _retry_after(least: int, most: int) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"retry-after", b"%d" % random.randint(least, most)),)  # nosec B311 # jitter


async def _refuse(send: Send, refusal: RefusedError, request_id: str) -> None:
    stats.refused[str(refusal.status)] += 1
    body = json.dumps({"detail": refusal.detail}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id.encode()),
        *safe_headers(),
        *refusal.headers,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
