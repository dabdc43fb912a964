"""Calls that come at a rate, whether or not the ones before were answered: as people do.

The clock of a call starts when it was due, so that one that waited for a free connection counts its waiting.
"""

import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.http import Call, read

CONNECTIONS = 32
IDLE_SECONDS = 4.0  # the server closes a connection on which nothing came for five


@dataclass
class Offered:
    seconds: list[float] = field(default_factory=list)  # of what was answered with 200 or 201
    answered: list[Call] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    took: float = 0.0


def offer(
    port: int,
    calls: Iterator[Call],
    *,
    rate: float,
    seconds: float,
    stop: threading.Event | None = None,
    connections: int = CONNECTIONS,
) -> Offered:
    """Until the time is over, or somebody says stop."""
    found, lock = Offered(), threading.Lock()
    begun = time.monotonic()
    due = begun

    def next_call() -> tuple[float, Call] | None:
        nonlocal due
        with lock:
            due += random.expovariate(rate)
            if due > begun + seconds or (stop and stop.is_set()):
                return None
            call = next(calls, None)
            return (due, call) if call else None

    def serve() -> None:
        connection: socket.socket | None = None
        used_at = 0.0
        while turn := next_call():
            at, call = turn
            time.sleep(max(0.0, at - time.monotonic()))
            try:
                if connection is None or time.monotonic() - used_at > IDLE_SECONDS:
                    connection = socket.create_connection(("127.0.0.1", port), timeout=180)
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(call.encode())
                answer = read(connection)
            except (OSError, SystemExit) as error:  # the server was killed, or is not there yet
                connection = None
                with lock:
                    found.errors.append(str(error) or type(error).__name__)
                continue
            used_at = time.monotonic()
            took = used_at - at
            with lock:
                if answer.startswith(b"HTTP/1.1 20"):
                    found.seconds.append(took)
                    found.answered.append(call)
                else:
                    found.errors.append(f"{call.method} {call.path}: {answer[:200].decode(errors='replace')}")

    threads = [threading.Thread(target=serve) for _connection in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.took = time.monotonic() - begun
    return found
