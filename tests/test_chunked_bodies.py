"""A client may send its request in chunks, without knowing beforehand how long it will be."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from myproject.chunked import LIMIT_BYTES, ChunkedBodies

Pieces = list[bytes]


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers with the length that the request claims, and its first message."""
    length = dict(scope["headers"]).get(b"content-length", b"").decode()
    message = await receive()
    content = json.dumps([length, message["body"].decode(), message.get("more_body", False)]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": content})


def ask(headers: list[tuple[bytes, bytes]], pieces: Pieces, *, hang_up: bool = False) -> tuple[int, Any]:
    """The status and the content of the answer; 0 where there is none."""

    def messages() -> Iterator[dict[str, Any]]:
        for number, piece in enumerate(pieces, start=1):
            yield {"type": "http.request", "body": piece, "more_body": number < len(pieces) or hang_up}
        yield {"type": "http.disconnect"}

    coming, sent = messages(), []

    async def receive() -> dict[str, Any]:
        return next(coming)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(ChunkedBodies(echo)({"type": "http", "headers": headers}, receive, send))
    return (sent[0]["status"], json.loads(sent[1]["body"])) if sent else (0, None)


def test_a_body_in_chunks_arrives_whole_and_with_its_length() -> None:
    headers = [(b"transfer-encoding", b"chunked")]
    assert ask(headers, [b'{"content":', b' "Hello"', b"}"]) == (200, ["20", '{"content": "Hello"}', False])


def test_a_body_that_says_its_length_is_passed_on_as_it_comes() -> None:
    assert ask([(b"content-length", b"4")], [b"ab", b"cd"]) == (200, ["4", "ab", True])


@pytest.mark.parametrize(("size", "status"), [(LIMIT_BYTES, 200), (LIMIT_BYTES + 1, 413)])
def test_what_is_too_long_is_refused_in_words(size: int, status: int) -> None:
    answered, content = ask([(b"transfer-encoding", b"chunked")], [b"x" * 1000, b"x" * (size - 1000)])
    assert answered == status
    assert status == 200 or "1 MiB" in content["detail"]


def test_half_a_body_of_a_client_that_went_away_is_not_taken_for_the_whole() -> None:
    assert ask([(b"transfer-encoding", b"chunked")], [b'{"content": "Hel'], hang_up=True) == (0, None)
