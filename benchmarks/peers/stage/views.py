"""The acting request, and what it took."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string

from .models import Like

_taken: list[tuple[float, float]] = []


class Measured:
    """Seconds of each request, of its own thread's processor and of the clock on the wall."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cpu, wall = time.thread_time(), time.perf_counter()
        response = self.get_response(request)
        if request.method == "POST":
            _taken.append((time.thread_time() - cpu, time.perf_counter() - wall))
        return response


def like(request: HttpRequest, post: int, person: int) -> HttpResponse:
    with import_string(settings.STAGE_ATOMIC)():
        Like.objects.get_or_create(post_id=post, person_id=person)
    return HttpResponse(b"ok", headers={"Content-Length": "2"})


def taken(request: HttpRequest) -> JsonResponse:
    """Of all likes since this was last asked."""
    answer = list(_taken)
    del _taken[: len(answer)]
    return JsonResponse(answer, safe=False)
