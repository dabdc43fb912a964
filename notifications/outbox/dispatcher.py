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
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial

from django.db import DatabaseError, close_old_connections, connections

from .. import channels, hints
from ..outgoing import sending
from ..outgoing.queue import Queue
from ..pacing import Pace
from ..upkeep import schedule, set_back
from . import lanes, pipeline, workers
from .lanes import EVENTS, HOUSEKEEPING
from .seats import Seats

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0  # the guarantee behind every wake-up
LINGER_SECONDS = 0.03  # after a wake-up, so that a burst becomes one batch
HOUSEKEEPING_SECONDS = 15
STOP_SECONDS = 22  # to join all threads, below the 30 s that supervisors usually grant
TURN_SECONDS = 10  # of a task, which then leaves its place to tasks of other lanes

Step = Callable[[], bool]  # does one thing, or answers False


class Dispatcher:
    """The threads of one process."""

    def __init__(
        self, only: Collection[str] | None = None, *, has_tasks: bool = False, stands_in: bool = False
    ) -> None:
        """`only`: these lanes, not all. `has_tasks`: a broker's tasks do the work, and the threads what those
        were not asked for. `stands_in`: it leaves when a process comes whose work this is."""
        self.pid = os.getpid()
        self.worker = ""
        self.only = only
        self._has_tasks = has_tasks
        self._stands_in = stands_in
        self._stopping = threading.Event()
        self._events = threading.Event()
        self._threads: list[threading.Thread] = []
        self._seats: dict[str, Seats] = {}
        self._queues: dict[str, Queue] = {}

    def start(self) -> None:
        self.worker = workers.register(self.only, is_reserve=self._stands_in)
        with suppress(DatabaseError):  # it is done again in a moment
            workers.bury_the_dead(self.worker)
        self._open(EVENTS, "dispatcher", self._expand)
        self._seats[HOUSEKEEPING] = Seats(1, self._stopping)
        self._spawn("housekeeping", self._keep_house)
        for channel in channels.in_use():
            self._queues[channel.name] = Queue(channel)
            self._open(channel.name, channel.name, partial(self._send, channel.name), channel.threads())
        for lane in lanes.known():
            self._open(lane.name, lane.name, partial(self._step, lane.name, lane.bell))

    def wake(self) -> None:
        self._events.set()

    def take_turn(self, lane: str) -> None:
        """What a task is for: work on it here and now, where this process serves that lane."""
        if lane not in self._seats:
            return
        if lane in self._queues:
            with self._link(lane) as link:
                is_more = self._seats[lane].work(link.send_next, seconds=TURN_SECONDS)
        else:
            is_more = self._seats[lane].work(self._step_of(lane), seconds=TURN_SECONDS)
        if is_more:
            hints.send([lane])

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Claim nothing more, finish what is in hand, and leave; True when all ended in time."""
        until = time.monotonic() + seconds
        self._stopping.set()
        self._events.set()
        sending.ring()
        for lane in lanes.known():
            lane.bell.set()
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        tasks_ended = all(seats.close(until - time.monotonic()) for seats in self._seats.values())
        stopped = tasks_ended and not self.is_alive()
        if stopped:
            close_old_connections()  # one that was open when the database went away
            workers.leave(self.worker)
        return stopped

    def is_alive(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _serves(self, lane: str) -> bool:
        return self.only is None or lane in self.only

    def _open(self, lane: str, name: str, loop: Callable[[], None], number: int = 1) -> None:
        if not self._serves(lane):
            return
        self._seats[lane] = Seats(number, self._stopping)
        for each in range(number):
            self._spawn(name if number == 1 else f"{name}-{each + 1}", loop)

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
        while not self._stopping.is_set():
            self._events.clear()
            self._seats[EVENTS].work(self._step_of(EVENTS))
            if self._is_rung(self._events):
                time.sleep(LINGER_SECONDS)

    def _send(self, channel: str) -> None:
        with self._link(channel) as link:
            while not self._stopping.is_set():
                self._seats[channel].work(link.send_next)
                link.rest()
                if self._is_rung(sending.bell(channel)):
                    sending.bell(channel).clear()

    def _step(self, lane: str, bell: threading.Event) -> None:
        while not self._stopping.is_set():
            self._seats[lane].work(self._step_of(lane))
            if self._is_rung(bell):
                bell.clear()

    def _keep_house(self) -> None:
        while not self._stopping.is_set():
            set_back.mend()
            workers.beat(self.worker, self.only, is_reserve=self._stands_in)
            workers.bury_the_dead(self.worker)
            if self._serves(HOUSEKEEPING):
                self._seats[HOUSEKEEPING].work(self._step_of(HOUSEKEEPING))
            close_old_connections()
            self._stopping.wait(HOUSEKEEPING_SECONDS)

    def _is_rung(self, bell: threading.Event) -> bool:
        """Waits for it, and at the most until it is time to look without it."""
        close_old_connections()
        if not self._has_tasks:
            return bell.wait(POLL_SECONDS)
        self._stopping.wait(POLL_SECONDS)  # whatever rings here is told to the broker, too
        return False

    def _link(self, channel: str) -> sending.Lane:
        return sending.Lane(self.worker, channel, queue=self._queues[channel])

    def _step_of(self, lane: str) -> Step:
        if lane == EVENTS:
            return partial(pipeline.expand_next, self.worker)
        if lane == HOUSEKEEPING:
            return self._do_jobs
        [own] = [each for each in lanes.known() if each.name == lane]
        return partial(own.step, self.worker)

    def _do_jobs(self) -> bool:
        schedule.run_due(self.worker, rest=Pace(self._stopping).rest)
        return False  # what has more turns to take waits until its next: others go on meanwhile


_running: Dispatcher | None = None
_starting = threading.Lock()


def start(
    only: Collection[str] | None = None, *, has_tasks: bool = False, stands_in: bool = False
) -> Dispatcher:
    """Start this process's threads, once; a child of a fork, where threads do not survive, starts its own."""
    global _running
    with _starting:
        if _running is None or _running.pid != os.getpid():
            beginning = Dispatcher(only, has_tasks=has_tasks, stands_in=stands_in)
            beginning.start()  # raises where the database is away: then there is none
            _running = beginning
        return _running


def take_turn(lane: str) -> None:
    """For a task: nothing where this process has not begun, or leaves."""
    if _running is not None and _running.pid == os.getpid():
        _running.take_turn(lane)


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
