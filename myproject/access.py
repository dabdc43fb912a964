"""The name of each request, by which all that it caused is found, and its own line in the log."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import Context, copy_context
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse

from . import tracing
from .log_fields import KEY, about

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def id_from(header: str) -> str:
    """That of a proxy or a client, where it can do no harm in a log or a header; empty otherwise."""
    return header if _WELL_FORMED.fullmatch(header) else ""


class AccessMiddleware:
    """The first, so that nothing is answered or logged without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request_id = id_from(request.META.get(KEY, "")) or secrets.token_hex(16)
        request.META[KEY] = request_id
        with about(request=request), tracing.serving(request, request_id) as traced:
            response = self.get_response(request)
            tracing.answered(traced, request, response.status_code)
            response[HEADER] = request_id
            if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
                chunks = cast(Iterable[bytes], response.streaming_content)
                response.streaming_content = _within(copy_context(), chunks)
            served(request.method or "", request.path, response.status_code, began)
        return response


def served(method: str, path: str, status: int, began: float, **fields: object) -> None:
    """One line: when the answer begins. What it says to whom after that is not waited for."""
    if logger.isEnabledFor(logging.INFO):
        duration_ms = round((time.perf_counter() - began) * 1000, 1)
        said = {"method": method, "path": path, "status": status, "duration_ms": duration_ms}
        logger.info("%s %s", method, status, extra=said | fields)


def _within(context: Context, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What is made while it is being sent, after the middleware has ended, still belongs to the request."""
    waiting = iter(chunks)
    while (chunk := context.run(next, waiting, None)) is not None:
        yield chunk
