"""The dispatcher as a process of its own, or one pass over what is waiting."""

import signal
import sys
from argparse import ArgumentParser
from queue import SimpleQueue
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from myproject import tracing
from notifications.models import Delivery, Event
from notifications.outbox import (
    dispatcher,
    pipeline,
    reconciler,
    workers,
)
from notifications.outgoing import recording


class Command(BaseCommand):
    help = (
        "Writes notifications and sends mail until it is stopped (Ctrl-C or SIGTERM)."
        " With --drain: serves what is due now and ends."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--drain", action="store_true", help="serve what is due now, then end")

    def handle(self, *args: Any, drain: bool, **options: Any) -> None:
        try:
            if drain:
                self._drain()
            else:
                self._serve()
        finally:
            tracing.close()

    def _drain(self) -> None:
        worker = workers.register()
        try:
            dead = workers.bury_the_dead(worker)
            recording.take_back_expired()
            healed = reconciler.heal()
            batches, deliveries = pipeline.drain(worker, report=self._progress)
        finally:
            workers.leave(worker)
        self.stdout.write(
            f"Served {batches} batches of events and {deliveries} deliveries;"
            f" released {dead} dead workers, healed {healed} facts without an event."
        )

    def _progress(self) -> None:
        if sys.stdout.isatty():
            now = timezone.now()
            left = Event.objects.due(now).count() + Delivery.objects.due(now).running().count()
            self.stdout.write(f"\r{left} left … ", ending="")
            self.stdout.flush()

    def _serve(self) -> None:
        asked = SimpleQueue[int]()  # unlike an Event, a signal may strike in the middle of waiting for it
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _frame: asked.put(number))
        dispatcher.start()
        self.stdout.write("Dispatching. Stop with Ctrl-C.")
        self.stdout.flush()
        asked.get()
        ended = dispatcher.stop()
        self.stdout.write("Stopped." if ended else "Stopped; what was in hand will be served by another.")
