"""NOTIFICATION_EXECUTOR=celery: tells the workers, by the broker, that there is something to do.

A message says "look into this lane", and nothing else: what there is to do stands in the database, and
every worker looks there by itself each second. So a message may be lost, repeated or late. Whoever commits
never waits for the broker: what there is to say is handed to a thread, and piles up into one message a
lane while the broker is slow, away, or has one of that lane that nobody took yet.
"""

import atexit
import logging
import os
import random
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

LINGER_SECONDS = 0.03  # a burst becomes one message
TIMEOUT_SECONDS = 1.0  # of one word with the broker
BACKOFF_SECONDS = (0.25, 5.0)
STALE_SECONDS = 60  # a message that nobody took by then says nothing new


def send(lanes: Iterable[str]) -> None:
    """Costs nothing where the executor is another one."""
    if settings.NOTIFICATION_EXECUTOR == "celery":
        _sender().send(lanes)


def load() -> None:
    """For a process that serves: else its first visitor would wait for Celery to be loaded. Raises where no
    broker is named."""
    _app()


def state() -> str:
    """For /readyz: "ok", or what is wrong."""
    return _sender().problem or "ok"


def close() -> None:
    """What was said last is still sent, if that takes no time; the next word begins anew."""
    _sender().close()
    _sender.cache_clear()


class Sender:
    """The thread of this process that speaks to the broker."""

    def __init__(self) -> None:
        self.problem = ""
        self._stopping = threading.Event()
        self._forked()
        os.register_at_fork(after_in_child=self._forked)
        atexit.register(self.close)

    def _forked(self) -> None:
        """No thread survives in a child: it starts its own when it has something to say."""
        self._waiting: set[str] = set()
        self._something = threading.Condition()
        self._thread: threading.Thread | None = None

    def send(self, lanes: Iterable[str]) -> None:
        with self._something:
            self._waiting.update(lanes)
            self._something.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="notifications-hints", daemon=True)
                self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        with self._something:
            self._something.notify()
            thread = self._thread
        if thread is not None:
            thread.join(TIMEOUT_SECONDS * 2)

    def _run(self) -> None:
        wait, producer = BACKOFF_SECONDS[0], None
        while lanes := self._next():
            try:
                producer = producer or _app().amqp.Producer(_connected().channel())
                for lane in lanes:
                    _tell(producer, lane)
            except Exception as error:  # each transport has its own
                if not self.problem:
                    logger.warning("The broker does not answer, workers find by themselves: %s", error)
                self.problem = "does not answer"
                _let_go(producer)
                producer = None
                if self._stopping.wait(wait * random.uniform(0.8, 1.2)):  # nosec B311 # jitter
                    return
                self._put_back(lanes)
                wait = min(wait * 2, BACKOFF_SECONDS[1])
            else:
                self.problem, wait = "", BACKOFF_SECONDS[0]
        _let_go(producer)

    def _next(self) -> set[str]:
        """Waits for something to say; nothing where this process ends."""
        with self._something:
            while not self._waiting and not self._stopping.is_set():
                self._something.wait()
        self._stopping.wait(LINGER_SECONDS)
        with self._something:
            lanes, self._waiting = self._waiting, set()
            return lanes

    def _put_back(self, lanes: set[str]) -> None:
        with self._something:
            self._waiting |= lanes


@cache
def _sender() -> Sender:
    return Sender()


def ask(seconds: float) -> None:
    """Raises what went wrong where the broker does not answer."""
    with _connected(seconds):
        pass


def _connected(seconds: float = TIMEOUT_SECONDS) -> Any:
    """A connection of its own, whose every word ends soon."""
    timeouts = {"socket_timeout", "socket_connect_timeout"}  # as Redis's transport calls them
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        timeouts = {"read_timeout", "write_timeout"}
    connection = _app().connection_for_write(
        connect_timeout=seconds, transport_options=dict.fromkeys(timeouts, seconds)
    )
    connection.connect()
    return connection


def _let_go(producer: Any) -> None:
    if producer is not None:
        with suppress(Exception):
            producer.connection.release()


def _tell(producer: Any, lane: str) -> None:
    """Unless one waits there that nobody took: whoever takes it finds all that is committed by now."""
    queue = _app().amqp.queues[lane]
    if queue.bind(producer.channel).queue_declare().message_count == 0:
        from .tasks import asking_for  # where Celery is loaded anyway

        name, arguments = asking_for(lane)
        _app().send_task(name, arguments, queue=queue, producer=producer, retry=False, expires=STALE_SECONDS)


def _app() -> Any:
    return import_string(settings.NOTIFICATION_CELERY_APP)
