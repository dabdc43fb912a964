"""The site as the executor of this run has it: one process, or a server, a worker and a broker.

NOTIFICATION_EXECUTOR=celery bin/test -m engine  runs what is marked `engine` with the latter.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pytest_django import Settings

from testing.brokers import Broker
from testing.celery_worker import CeleryWorker
from testing.site import Site

EXECUTOR = os.environ.get("NOTIFICATION_EXECUTOR", "threads")


def deployment(**environment: str) -> Site:
    if EXECUTOR == "celery":
        return Spread(Broker(), **environment)
    return Site(**environment, NOTIFICATION_EXECUTOR="threads")


@contextmanager
def at_work(settings: Settings) -> Iterator[None]:
    """The engine in this process, where tests can put their fingers into it."""
    from notifications import hints
    from notifications.outbox import dispatcher

    settings.NOTIFICATION_EXECUTOR = EXECUTOR
    if EXECUTOR == "celery":
        broker = Broker()
        broker.start()
        settings.CELERY_BROKER_URL = broker.url
        from celery.contrib.testing.worker import start_worker

        from myproject.celery import app

        app.conf.broker_url = broker.url
        with start_worker(app, pool="threads", concurrency=4, perform_ping_check=False):
            yield
        hints.close()
        broker.stop()
        gc.collect()  # the connections of threads that ended
    else:
        dispatcher.start()
        yield
    assert dispatcher.stop()


class Spread(Site):
    """Its worker and its broker begin and end with it, and may be killed by themselves."""

    def __init__(self, broker: Any, **environment: str) -> None:
        bus = {"REDIS_URL": broker.url} if broker.url.startswith("redis") else {}
        spread = {**bus, **environment, "CELERY_BROKER_URL": broker.url, "NOTIFICATION_EXECUTOR": "celery"}
        super().__init__(**spread)
        self.broker = broker
        self.worker = CeleryWorker(**spread)

    def start(self) -> None:
        if not self.broker.is_running:
            self.broker.start()
        if not self.worker.is_running:
            self.worker.start()
        super().start()

    def kill_worker(self) -> None:
        self.worker.kill()
        self.worker.start()

    def kill_broker(self) -> None:
        self.broker.kill()
        self.broker.start()

    def pids(self) -> list[int]:
        return [self.pid, self.worker.pid]

    def stop(self) -> float:
        try:
            return max(self.worker.stop(), super().stop())
        finally:
            self.end()

    def end(self) -> str:
        said = super().end() + self.worker.end()
        self.broker.stop()
        return said
