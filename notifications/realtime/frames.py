"""The events of the stream, as bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import json
import random
from datetime import UTC, datetime

RETRY_MS = (1500, 4500)  # how long a browser waits: not all of them the same after a restart


def connected(*, person_id: int, connection_id: str, unread_count: int, event_id: str) -> bytes:
    data = {"user_id": person_id, "connection_id": connection_id, "unread_count": unread_count}
    retry = random.randint(*RETRY_MS)  # nosec B311 # jitter
    return f"retry: {retry}\nevent: connected\nid: {event_id}\ndata: {json.dumps(data)}\n\n".encode()


def notification(event_id: str, data: bytes) -> bytes:
    """`data` is JSON, in which there are no line ends."""
    return b"event: notification\nid: %b\ndata: %b\n\n" % (event_id.encode(), data)


def unread(count: int) -> bytes:
    return b'event: unread\ndata: {"unread_count": %d}\n\n' % count


def reset(event_id: str) -> bytes:
    """What came before is not replayed: the client asks for its inbox anew."""
    return b"event: reset\nid: %b\ndata: {}\n\n" % event_id.encode()


def ping(event_id: str) -> bytes:
    """With an id, so that one who heard nothing for long can still resume."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return f'event: ping\nid: {event_id}\ndata: {{"timestamp": "{now}"}}\n\n'.encode()
