"""Request bodies that come in chunks, without saying how long they are (RFC 9112 §7.1).

WSGI hands Django a body by its Content-Length; without one it reads nothing. Such a body is gathered here
first, as far as a request without files may be long, and then travels with its length.
"""

import json
from typing import Any

from .plain_answers import safe_headers

LIMIT_BYTES = 1024 * 1024  # as DATA_UPLOAD_MAX_MEMORY_SIZE; what is longer says its length, as browsers do
TOO_LONG = {"detail": "Without a Content-Length, a request may carry 1 MiB."}


class ChunkedBodies:
    """ASGI middleware around an application that needs Content-Length."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        names = {name for name, _value in scope.get("headers", ())}
        if b"transfer-encoding" not in names or b"content-length" in names:
            await self.app(scope, receive, send)
            return
        body = await _gather(receive)
        if body is None:
            return  # whoever hangs up in the middle has asked for nothing
        if len(body) > LIMIT_BYTES:
            await _refuse(send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"transfer-encoding"]
        headers.append((b"content-length", str(len(body)).encode()))
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Any:
            return messages.pop() if messages else await receive()

        await self.app(scope | {"headers": headers}, replay, send)


async def _gather(receive: Any) -> bytes | None:
    """The whole body, or just more of it than is allowed; None where the client went away."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LIMIT_BYTES or not message.get("more_body", False):
            return bytes(body)


async def _refuse(send: Any) -> None:
    content = json.dumps(TOO_LONG).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    # The rest of the body is not read, so the connection is of no more use.
    headers += [(b"connection", b"close"), (b"cache-control", b"no-store"), *safe_headers()]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": content})
