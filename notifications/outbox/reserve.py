"""NOTIFICATION_EXECUTOR=celery: a serving process does the work of workers that are away.

Where nobody alive works on a lane, whatever the reason, this process begins to, by threads as without Celery,
and leaves when a worker is there again. So a site whose workers are being replaced, or that was given none,
tells and sends as ever; two processes that stand in for the same worker do each other no harm.
"""

import logging
import threading

from django.db import close_old_connections, connections

from . import dispatcher, lanes, workers

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class Reserve:
    """The thread of one process that looks whether it is needed."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._standing_in: dispatcher.Dispatcher | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="notifications-reserve", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """What it stands in for is stopped with the dispatcher of the process."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(LOOK_SECONDS)

    def look(self) -> set[str]:
        """Stand in where that is needed, and nowhere else; answers for which lanes."""
        mine = self._standing_in
        now = set(mine.only or ()) if mine is not None else set[str]()
        workers.bury_the_dead(mine.worker if mine is not None else "")
        regular, reserve = workers.served(but=mine.worker if mine is not None else "")
        needed = (now | (lanes.in_use() - reserve)) - regular
        if needed != now:
            self._leave()
            if needed:
                logger.warning("no worker serves %s: this process does", ", ".join(sorted(needed)))
                self._standing_in = dispatcher.start(needed, stands_in=True)
        return needed

    def _leave(self) -> None:
        if self._standing_in is not None:
            dispatcher.stop()
            self._standing_in = None

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self.look()
                close_old_connections()
            except Exception:
                logger.exception("whether workers are away is asked again in a moment")
                connections.close_all()
        connections.close_all()
