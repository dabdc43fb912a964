"""A real worker process, for tests that kill it or watch what it does."""

import sys
import time

from testing.processes import START_SECONDS, Process


class CeleryWorker(Process):
    """`with CeleryWorker(DATABASE_URL=…, CELERY_BROKER_URL=…):` works until the block ends."""

    ends_with = (0,)

    def __init__(self, *queues: str, **environment: str) -> None:
        chosen = ("-Q", ",".join(queues)) if queues else ()
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING")
        super().__init__(
            *(sys.executable, "-m", "celery", "-A", "myproject", "worker", *chosen, *quiet),
            **{
                "NOTIFICATION_EXECUTOR": "celery",
                "PYTHONUNBUFFERED": "1",
                "CELERY_SKIP_CHECKS": "1",
                "REPUTATION": "0",  # as in testing/site.py
                **environment,
            },
        )

    def wait_until_it_works(self) -> None:
        """It has entered itself in the database."""
        from notifications.models import Worker

        until = time.monotonic() + START_SECONDS
        while not Worker.objects.filter(pid=self.pid).exists():
            if self.has_ended or time.monotonic() > until:
                raise RuntimeError(f"the worker did not start: {self._said()}")
            time.sleep(0.05)

    def wait_until_it_died(self) -> None:
        self._running().wait(START_SECONDS)
        self._process = None
