"""Processes that work on the database of the running test and can be killed, at the price of a fork."""

import os
import signal
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.core.management import call_command
from django.db import connections

from testing.processes import STOP_SECONDS, hears


def serve() -> None:
    """A dispatcher by itself, until it is asked to leave."""
    with open(os.devnull, "w") as nowhere:
        call_command("dispatch_notifications", stdout=nowhere)


class Fork:
    """Does its work in a process of its own, with all that the test has patched. Ends with the block."""

    def __init__(self, work: Callable[[], object] = serve) -> None:
        connections.close_all()  # a child must not share our connections
        self.code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _end_with(work)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.code is None:
            self.send(signal.SIGKILL)
            self.wait()

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def freeze(self) -> None:
        """SIGSTOP, and it stands still when this returns."""
        self.send(signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def has_died(self) -> bool:
        """Of itself, and nobody has waited for it yet."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Its exit code, or less than zero: the signal that it died by."""
        until = time.monotonic() + seconds
        while self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > until:
                raise TimeoutError(f"process {self.pid} did not end in {seconds} s")
            else:
                time.sleep(0.01)
        return self.code

    def wait_until_it_hears(self) -> None:
        """It is begun: before, a signal ends it as any program."""
        until = time.monotonic() + STOP_SECONDS
        while not hears(self.pid) and time.monotonic() < until:
            time.sleep(0.01)

    def leave(self, number: int = signal.SIGTERM) -> int:
        self.wait_until_it_hears()
        self.send(number)
        return self.wait()


def _end_with(work: Callable[[], object]) -> None:
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)  # what belongs to the test is not for us to end
