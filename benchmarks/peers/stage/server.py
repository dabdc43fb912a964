"""Serves it in a fixed pool of threads, as Belltower serves its pages."""

from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

_django: Any = get_wsgi_application()
_pages: Any = WSGIMiddleware(_django, workers=8)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "lifespan":
        await _pages(scope, receive, send)
        return
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
