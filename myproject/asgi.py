"""One process, two faces: a small ASGI router in front of Django's WSGI handler, and the dispatcher.

Django runs in a fixed pool of threads, which also bounds its database connections. The server's
lifespan starts and stops the dispatcher: only a process that serves has one.
"""

import asyncio
import os
import sys
from typing import Any

from a2wsgi import WSGIMiddleware

from .chunked import ChunkedBodies
from .wsgi import application as django

# A thread that comes back from the database waits this long for one that computes (the default is 5 ms,
# ten times for each page): with background threads in the process, that wait would be most of a request.
sys.setswitchinterval(0.0005)
THREADS = int(os.environ.get("WEB_THREADS", "8"))

_django: Any = django
_pages: Any = ChunkedBodies(WSGIMiddleware(_django, workers=THREADS))


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    else:
        await _pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    from django.conf import settings

    from notifications import dispatcher

    await receive()
    if settings.NOTIFICATION_EXECUTOR == "threads":
        await asyncio.to_thread(dispatcher.start)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(dispatcher.stop)
    await send({"type": "lifespan.shutdown.complete"})
