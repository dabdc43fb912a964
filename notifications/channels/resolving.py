"""The addresses of a name, within a deadline.

`getaddrinfo` waits as long as the system's resolver does (resolv.conf(5): 5 s an attempt, two attempts at
each of up to three servers), and nothing interrupts it. So it is asked in a thread of its own, which is left
behind where it takes too long. There are so many places and no more: a dead resolver does not fill the
process with threads.
"""

import socket
import threading
from concurrent.futures import Future
from typing import Any

PLACES = 16
_places = threading.BoundedSemaphore(PLACES)
Entry = tuple[Any, Any, int, str, Any]  # family, kind, protocol, canonical name, address


def addresses_of(host: str, port: int, *, seconds: float) -> list[Entry]:
    """Raises OSError where the name is not known, and TimeoutError where nobody said so in time."""
    places = _places
    if not places.acquire(timeout=seconds):
        raise TimeoutError("names are not being resolved")
    answer: Future[list[Entry]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)
        finally:
            places.release()

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        return answer.result(timeout=seconds)
    except TimeoutError:
        raise TimeoutError(f"no resolver knew {host} in time") from None
