"""Writing to a socket past the event loop's transport, when that has nothing left to write itself.

A transport queues what it is given and looks at the queue later, which for one event to ten thousand streams
is half of the time. The call keeps Python's lock (PyDLL): it never blocks, and to give the lock away ten
thousand times would let every busy thread come in between.
"""

import ctypes
import socket
from typing import Any

_FLAGS = socket.MSG_DONTWAIT | getattr(socket, "MSG_NOSIGNAL", 0)
_send: Any = ctypes.PyDLL(None).send
_send.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
_send.restype = ctypes.c_ssize_t


def file_of(transport: Any) -> int:
    """-1 where one must not write to it directly: it is encrypted, or no socket."""
    connection = transport.get_extra_info("socket") if transport is not None else None
    if connection is None or transport.get_extra_info("sslcontext") is not None:
        return -1
    return int(connection.fileno())


def write(file: int, transport: Any, data: bytes) -> None:
    """What the system does not take at once is left to the transport, and so is every error."""
    sent = 0
    if file >= 0 and not transport.get_write_buffer_size() and not transport.is_closing():
        sent = max(0, _send(file, data, len(data), _FLAGS))
    if sent < len(data):
        transport.write(data[sent:] if sent else data)
