"""What a worker process does beside waiting for messages: it holds the engine, and outlives its broker."""

import logging
import os
import time
from typing import Any

from celery import bootsteps
from celery.worker import consumer
from django.db import DatabaseError

from notifications.outbox import dispatcher, lanes

from . import tracing

logger = logging.getLogger(__name__)


class Engine(bootsteps.StartStopStep):
    """The dispatcher of this process: begun before the first message, ended after the last."""

    requires = {"celery.worker.components:Pool"}

    def start(self, worker: Any) -> None:
        tracing.begin()
        served = set(lanes.names()) & set(worker.app.amqp.queues.consume_from)
        while True:
            try:
                dispatcher.start(served, has_tasks=True)
            except DatabaseError:
                logger.warning("The database is away, and is waited for", exc_info=True)
                time.sleep(1)
            else:
                return

    def stop(self, worker: Any) -> None:
        stopped = dispatcher.stop()
        tracing.close()
        if not stopped:
            # Something outside does not answer. Who waits for the threads of the pool waits for that.
            os._exit(0)


class Consumer(consumer.Consumer):
    """Goes on to the next broker whatever the last one left behind."""

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        try:
            super().on_connection_error_after_connected(exc)
        except Exception:
            # kombu 5.7: Redis's transport gives back what was not acknowledged through a connection that it
            # has taken apart just before, and the AttributeError would end the worker.
            logger.warning("The connection that broke left something behind", exc_info=True)
