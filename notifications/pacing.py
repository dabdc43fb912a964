"""Background threads share the interpreter with the requests: they take what those leave over.

While somebody's request is being served, a background thread that has worked for a time rests for a
multiple of it, in short naps, and goes on at once when nobody waits any more. On a quiet site nothing
rests; on a site that is busy all the time background work keeps its small share, and never starves.
"""

import threading
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

SHARE = 0.05  # of one core, for each background thread, while requests are being served
NAP_SECONDS = 0.02
LONGEST_REST_SECONDS = 1.0

_lock = threading.Lock()
_served_now = 0


def somebody_waits() -> bool:
    return _served_now > 0


class PacingMiddleware:
    """Counts the requests in hand. Around all the others that work, so that what serving costs is seen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        global _served_now
        with _lock:
            _served_now += 1
        try:
            return self.get_response(request)
        finally:
            with _lock:
                _served_now -= 1


class Pace:
    """Of one background thread, and made in it: `rest` after each piece of work."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._cpu = time.thread_time()

    def rest(self) -> None:
        """Nap while people wait, and at the most until the work since the last rest is made up for."""
        worked = time.thread_time() - self._cpu
        until = time.monotonic() + min(worked * (1 / SHARE - 1), LONGEST_REST_SECONDS)
        while somebody_waits() and time.monotonic() < until and not self._stopping.wait(NAP_SECONDS):
            pass
        self._cpu = time.thread_time()
