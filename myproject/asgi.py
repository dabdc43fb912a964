"""One process, three faces: the stream, Django's WSGI handler, and the dispatcher.

Django runs in a fixed pool of threads, which also bounds its database connections. The server's
lifespan starts and stops the dispatcher and the streams: only a process that serves has them.
"""

import asyncio
import gc
import os
import resource
import signal
import sys
import threading
from types import FrameType
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
    from notifications.realtime import endpoint

    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and endpoint.PATH.fullmatch(scope["path"]):
        await endpoint.serve(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    from django.conf import settings

    from notifications import hints
    from notifications.outbox import dispatcher, reserve
    from notifications.realtime import bus, hub

    from . import tracing

    await receive()
    tracing.begin()
    _allow_many_connections()
    standby = reserve.Reserve()
    if settings.NOTIFICATION_EXECUTOR == "threads":
        await asyncio.to_thread(dispatcher.start)
    elif settings.NOTIFICATION_EXECUTOR == "celery":
        await asyncio.to_thread(hints.load)
        standby.start()
    streams = hub.start()
    _end_streams_on_signal(streams)
    # What is there by now stays: to look for garbage among it, time and again, would hold up every stream.
    gc.freeze()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    streams.close()
    await asyncio.to_thread(standby.stop)
    await asyncio.to_thread(dispatcher.stop)
    await asyncio.to_thread(streams.join)
    await asyncio.to_thread(bus.current().close)
    await asyncio.to_thread(hints.close)
    await asyncio.to_thread(tracing.close)
    await send({"type": "lifespan.shutdown.complete"})


def _allow_many_connections() -> None:
    """Each stream is an open file; many systems allow 1024 unless one asks."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _end_streams_on_signal(streams: Any) -> None:
    """The server waits for open requests before it tells the lifespan: a stream would never end by itself."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def end(number: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(streams.close)
            if callable(before):
                before(number, frame)

        signal.signal(number, end)
