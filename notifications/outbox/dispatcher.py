"""The daemon threads: a small fixed pool that drains the outbox inside a serving process.

A thread is the runner, never the record: whatever it had in hand when the process dies is still in the
database. Threads start in serving processes only (`start` is called by the server, not by Django's
start-up) and after any fork, which `start` notices by the process id.
"""

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from functools import partial

from django.db import close_old_connections, connections

from .. import channels
from ..outgoing import sending
from ..outgoing.queue import Queue
from ..pacing import Pace
from ..upkeep import schedule
from . import lanes, pipeline, workers
from .lanes import OwnLane

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0  # the guarantee behind every wake-up
LINGER_SECONDS = 0.03  # after a wake-up, so that a burst becomes one batch
HOUSEKEEPING_SECONDS = 15
STOP_SECONDS = 22  # to join all threads, below the 30 s that supervisors usually grant


class Dispatcher:
    """The threads of one process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.worker = ""
        self._stopping = threading.Event()
        self._events = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self.worker = workers.register()
        workers.bury_the_dead(self.worker)
        self._spawn("dispatcher", self._expand)
        self._spawn("housekeeping", self._keep_house)
        for channel in channels.in_use():
            queue = Queue(channel)
            for number in range(channel.threads()):
                self._spawn(f"{channel.name}-{number + 1}", partial(self._send, channel.name, queue))
        for lane in lanes.known():
            self._spawn(lane.name, partial(self._step, lane))

    def wake(self) -> None:
        self._events.set()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Claim nothing more, finish what is in hand, and leave; True when all threads ended in time."""
        self._stopping.set()
        self._events.set()
        sending.wake()
        for lane in lanes.known():
            lane.bell.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        stopped = not self.is_alive()
        if stopped:
            workers.leave(self.worker)
        return stopped

    def is_alive(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _spawn(self, name: str, loop: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._run, args=(loop,), name=f"notifications-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self, loop: Callable[[], None]) -> None:
        """Run `loop` again after any error, a database that is away included."""
        while not self._stopping.is_set():
            try:
                loop()
            except Exception:
                logger.exception("%s will go on in a moment", threading.current_thread().name)
                connections.close_all()
                self._stopping.wait(random.uniform(0.5, 1.5))  # nosec B311 # jitter
        connections.close_all()

    def _expand(self) -> None:
        pace = Pace(self._stopping)
        while not self._stopping.is_set():
            self._events.clear()
            while not self._stopping.is_set() and pipeline.expand_next(self.worker):
                pace.rest()
            close_old_connections()
            if self._events.wait(POLL_SECONDS) and not self._stopping.is_set():
                time.sleep(LINGER_SECONDS)

    def _send(self, channel: str, queue: Queue) -> None:
        pace, bell = Pace(self._stopping), sending.bell(channel)
        with sending.Lane(self.worker, channel, queue=queue) as lane:
            while not self._stopping.is_set():
                if lane.send_next():
                    pace.rest()
                else:
                    lane.rest()
                    close_old_connections()
                    if bell.wait(POLL_SECONDS):
                        bell.clear()

    def _step(self, lane: OwnLane) -> None:
        pace = Pace(self._stopping)
        while not self._stopping.is_set():
            if lane.step(self.worker):
                pace.rest()
            else:
                close_old_connections()
                if lane.bell.wait(POLL_SECONDS):
                    lane.bell.clear()

    def _keep_house(self) -> None:
        rest = Pace(self._stopping).rest
        while not self._stopping.is_set():
            workers.beat(self.worker)
            workers.bury_the_dead(self.worker)
            schedule.run_due(self.worker, rest=rest)
            close_old_connections()
            self._stopping.wait(HOUSEKEEPING_SECONDS)


_running: Dispatcher | None = None
_starting = threading.Lock()


def start() -> Dispatcher:
    """Start this process's threads, once; a child of a fork, where threads do not survive, starts its own."""
    global _running
    with _starting:
        if _running is None or _running.pid != os.getpid():
            _running = Dispatcher()
            _running.start()
        return _running


def wake() -> None:
    if _running is not None and _running.pid == os.getpid():
        _running.wake()


def stop() -> bool:
    """Stop this process's threads, if it has any; True when they ended in time."""
    global _running
    with _starting:
        running, _running = _running, None
    return running is None or running.pid != os.getpid() or running.stop()


def is_alive() -> bool:
    return _running is not None and _running.pid == os.getpid() and _running.is_alive()
