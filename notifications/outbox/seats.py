"""Who works on a lane within one process: its own threads, and tasks that a broker sent."""

import threading
import time
from collections.abc import Callable

from ..pacing import Pace


class Seats:
    """So many at once work on it, and whoever finds all taken leaves it to them."""

    def __init__(self, number: int, stopping: threading.Event) -> None:
        self._number = number
        self._stopping = stopping
        self._free = threading.Semaphore(number)
        self._asked = threading.Event()

    def work(self, step: Callable[[], bool], *, seconds: float = float("inf")) -> bool:
        """Take steps until nothing is left to do; True where the time was over before that."""
        until = time.monotonic() + seconds
        # Who holds the last seat may have looked a moment too early: it sees this, and looks again.
        self._asked.set()
        while self._asked.is_set() and not self._stopping.is_set() and self._free.acquire(blocking=False):
            try:
                self._asked.clear()
                pace = Pace(self._stopping)
                while not self._stopping.is_set() and step():
                    if time.monotonic() > until:
                        return True
                    pace.rest()
            finally:
                self._free.release()
        return False

    def close(self, seconds: float) -> bool:
        """Wait until nobody works on it any more; True when that came in time. Needs `stopping` set."""
        until = time.monotonic() + seconds
        taken = 0
        while taken < self._number and self._free.acquire(timeout=max(0.0, until - time.monotonic())):
            taken += 1
        for _ in range(taken):
            self._free.release()
        return taken == self._number
