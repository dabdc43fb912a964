"""Tickets: for 60 seconds and one use, they open a stream without a query.

For clients that cannot send a header with the request of a stream, and for the moment after a restart when
everybody comes back at once. A ticket is signed, and carries what the first event says; the session it
stands for is veiled, since addresses end up in logs. It is used up in the process that it is shown to,
and in all of them where there is Redis.
"""

import secrets
import time
from dataclasses import dataclass
from hashlib import blake2b

from django.conf import settings
from django.core import signing

from .credentials import Credential
from .resume import Cursor
from .revisions import Snapshot

SECONDS = 60
LONGEST = 4000
_SALT = "notifications.stream"


@dataclass(frozen=True, slots=True)
class Ticket:
    credential: Credential
    unread_count: int
    cursor: Cursor  # from here on the stream sends
    number: str


def issue(credential: Credential, *, unread_count: int, snapshot: Snapshot) -> str:
    number = secrets.token_hex(12)
    parts = [
        number, credential.person_id, _veil(credential.session.encode(), number).hex(), credential.token,
        credential.password.hex(), unread_count, snapshot.next, *snapshot.running,
    ]  # fmt: skip
    return signing.dumps(parts, salt=_SALT)


def read(text: str) -> Ticket | None:
    """None where it was not signed by this site, or is too old. Whether it was used is for `use_up`."""
    try:
        parts = signing.loads(text, salt=_SALT, max_age=SECONDS) if len(text) <= LONGEST else None
    except signing.BadSignature:
        return None
    if parts is None:
        return None
    number, person_id, session, token, password, unread_count, following, *running = parts
    session = _veil(bytes.fromhex(session), number).decode()
    credential = Credential(person_id, session, token, bytes.fromhex(password))
    return Ticket(credential, unread_count, Cursor(Snapshot(following, tuple(running))), number)


class Punch:
    """Remembers for this process which tickets were used, as long as they would be good."""

    def __init__(self) -> None:
        self._used: dict[str, float] = {}  # in the order of their use

    def use_up(self, ticket: Ticket) -> bool:
        """False where it was used before."""
        now = time.monotonic()
        while self._used and next(iter(self._used.values())) < now:
            del self._used[next(iter(self._used))]
        if ticket.number in self._used:
            return False
        self._used[ticket.number] = now + SECONDS + 1
        return True


def _veil(text: bytes, number: str) -> bytes:
    """Covers and uncovers: a pad that is used for this one ticket, and that nobody else can make."""
    pad = blake2b(number.encode(), key=blake2b(f"{_SALT}:{settings.SECRET_KEY}".encode()).digest()).digest()
    if len(text) > len(pad):
        raise ValueError("this key of a session is longer than any that Django makes")
    return bytes(a ^ b for a, b in zip(text, pad, strict=False))
