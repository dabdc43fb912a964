"""A TCP proxy, for tests of connections that something on the way cuts."""

import select
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

BYTES = 65_536


class Proxy:
    """Before a server; what is silent for `idle_seconds`, once the server has answered, is cut."""

    def __init__(self, port: int, *, idle_seconds: float) -> None:
        self.cut = 0
        self._to = port
        self._idle_seconds = idle_seconds
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone would not wake the thread that waits in `accept`.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _address = self._listening.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._to)) as server:
            patience: float | None = None
            while spoke := select.select((client, server), (), (), patience)[0]:
                for one in spoke:
                    data = one.recv(BYTES)
                    if not data:
                        return
                    (server if one is client else client).sendall(data)
                    patience = self._idle_seconds if one is server else patience
            self.cut += 1
