"""The site as it is served, with two doors for the benchmark of streams: to write to streams, and to be told
when an inbox row was committed."""

import json
import time
from typing import Any
from urllib.parse import parse_qs

from myproject.asgi import application as site

_commits: list[tuple[int, list[int]]] = []


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"] == "/benchmark/write":
        await _answer(send, _write(scope, (await receive())["body"]))
    elif scope["type"] == "http" and scope["path"] == "/benchmark/commits":
        told, _commits[:] = list(_commits), []
        await _answer(send, json.dumps(told).encode())
    else:
        if scope["type"] == "lifespan":
            _listen()
        await site(scope, receive, send)


def _write(scope: dict[str, Any], data: bytes) -> bytes:
    """To the streams of one person, or to all, as the hub writes a ping."""
    from notifications.realtime import hub

    process = hub.start()
    person = parse_qs(scope["query_string"].decode()).get("person")
    people = [int(person[0])] if person else list(process._streams)
    for person_id in people:
        for stream in tuple(process._streams.get(person_id, ())):
            process._send(stream, "benchmark", data)
    return b"{}"


def _listen() -> None:
    """The hint is given in the thread that has just committed."""
    from notifications.realtime import bus
    from notifications.realtime.bus import Hint

    def hear(hint: Hint) -> None:
        _commits.append((time.time_ns(), sorted(hint.changed)))

    bus.current().listen(hear)


async def _answer(send: Any, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
