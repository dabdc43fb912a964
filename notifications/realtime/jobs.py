"""The one thread, with the one database connection, that works for all streams of a process.

Jobs are done one after the other; what comes up meanwhile waits for the next, so that a burst of commits
costs a few queries. Called in the server's event loop, where nothing waits.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections, connections

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0  # when the database is away
LOOK_SECONDS = 30  # after which a connection that has grown old is replaced

Starter = Callable[[], bool]  # begins a job, or answers that there is none to do


class Jobs:
    def __init__(self, loop: asyncio.AbstractEventLoop, starters: tuple[Starter, ...]) -> None:
        self._loop = loop
        self._starters = starters
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="notifications-stream")
        self._is_busy = False
        self._rests = False
        self._is_closed = False
        self._turn = 0
        self._look_at = 0.0

    def go_on(self) -> None:
        """Begin the next job, unless one is in hand."""
        # Each kind of job comes first in its turn, so that none waits for ever behind the others.
        self._turn = (self._turn + 1) % len(self._starters)
        for starter in (*self._starters[self._turn :], *self._starters[: self._turn]):
            if self._is_busy or self._rests or self._is_closed or starter():
                return

    def begin(
        self, job: Callable[[], Any], use: Callable[[Any], None], undo: Callable[[], None] = lambda: None
    ) -> bool:
        """Do the job in the thread; `use` here what it found, or `undo` its beginning where it failed."""
        self._is_busy = True

        def done(future: "asyncio.Future[Any]") -> None:
            self._is_busy = False
            if self._is_closed:
                return
            if (error := future.exception()) is not None:
                logger.error("The streams will go on in a moment", exc_info=error)
                undo()
                self._rest()
            else:
                use(future.result())
            self.go_on()

        self._loop.run_in_executor(self._pool, self._in_thread, job).add_done_callback(done)
        return True

    def _in_thread(self, job: Callable[[], Any]) -> Any:
        # Not before every job: Django would ask the database each time whether it is still there.
        if time.monotonic() > self._look_at:
            close_old_connections()
            self._look_at = time.monotonic() + LOOK_SECONDS
        try:
            return job()
        except Exception:
            connections.close_all()
            raise

    def _rest(self) -> None:
        def rested() -> None:
            self._rests = False
            self.go_on()

        self._rests = True
        self._loop.call_later(PAUSE_SECONDS, rested)

    def close(self) -> None:
        self._is_closed = True

    def join(self) -> None:
        """Wait for the job in hand. Not in the loop's own thread."""
        self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=True)
