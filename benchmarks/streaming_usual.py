"""The two usual ways, beside which ours is measured: Django's own streaming view, and django-eventstream.

Settings, addresses, views and the ASGI application of them in one file; people and sessions are the site's.
"""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings_streaming"

from django.core.asgi import get_asgi_application

application = get_asgi_application()

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse  # noqa: E402 - after the set-up
from django.urls import path  # noqa: E402 - likewise
from django_eventstream import send_event  # noqa: E402 - likewise
from django_eventstream.channelmanager import DefaultChannelManager  # noqa: E402 - likewise
from django_eventstream.views import events  # noqa: E402 - likewise

PING_SECONDS = 30
_queues: dict[int, set["asyncio.Queue[bytes]"]] = defaultdict(set)


async def stream(request: HttpRequest) -> HttpResponseBase:
    """As tutorials have it: a queue for each stream, and a ping when it stays empty."""
    user = await request.auser()
    if not user.is_authenticated:
        return HttpResponse(status=401)
    person_id = int(user.pk)

    async def written() -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        _queues[person_id].add(queue)
        try:
            yield b"event: connected\ndata: {}\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), PING_SECONDS)
                except TimeoutError:
                    yield b": ping\n\n"
        finally:
            _queues[person_id].discard(queue)

    return StreamingHttpResponse(written(), content_type="text/event-stream")


async def write(request: HttpRequest) -> HttpResponse:
    person = request.GET.get("person")
    for person_id in [int(person)] if person else list(_queues):
        for queue in _queues[person_id]:
            queue.put_nowait(request.body)
    return HttpResponse("{}")


class Channels(DefaultChannelManager):
    def get_channels_for_request(self, request: HttpRequest, view_kwargs: Any) -> set[str]:
        return {"all", f"person-{request.user.pk}"}

    def can_read_channel(self, user: Any, channel: str) -> bool:
        return bool(user and user.is_authenticated)

    def is_channel_reliable(self, channel: str) -> bool:
        return False


def write_event(request: HttpRequest) -> HttpResponse:
    person = request.GET.get("person")
    data = json.loads(request.body.split(b"data: ", 1)[1])
    send_event(f"person-{person}" if person else "all", "notification", data)
    return HttpResponse("{}")


urlpatterns = [
    path("view", stream),
    path("view/write", write),
    path("eventstream", events),
    path("eventstream/write", write_event),
]
