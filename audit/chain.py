"""How rows are made to prove themselves and each other. Pure functions: bytes in, bytes out.

statement   all of a row that is never forgotten, in one form
commitment  the digest of what may be forgotten, with a salt that is forgotten with it
mac         by the key of this site: this row was written by it
link        of the row and the one before it: nothing was left out, put in or changed its place
signature   by the key: the chain stood here, with this digest
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT_BYTES = 16
BEGINNING = bytes(32)  # what the first row follows
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Statement(NamedTuple):
    at: datetime
    action: str
    outcome: str
    reason: str
    actor_id: int | None
    target_type: str
    target_id: str
    request_id: str
    who_digest: bytes
    what_digest: bytes

    def canonical(self) -> bytes:
        at, *words, who, what = self
        return _canonical([(at - _EPOCH) // _MICROSECOND, *words, who.hex(), what.hex()])


def commitment(salt: bytes, values: Sequence[Any]) -> bytes:
    return hashlib.sha256(salt + _canonical(values)).digest()


def mac(key: bytes, statement: bytes) -> bytes:
    return hmac.digest(key, b"entry" + statement, "sha256")


def link(previous: bytes, position: int, pk: int, own_mac: bytes, statement: bytes) -> bytes:
    return hashlib.sha256(b"%b%d %d %b%b" % (previous, position, pk, own_mac, statement)).digest()


def signature(key: bytes, position: int, digest: bytes) -> bytes:
    return hmac.digest(key, b"chain %d %b" % (position, digest), "sha256")


def signing_keys() -> tuple[bytes, ...]:
    """The one that is used, and the earlier ones (SECRET_KEY_FALLBACKS) that old rows were written with."""
    return tuple(_derived(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def _derived(secret: str) -> bytes:
    return salted_hmac("belltower.audit", "key", secret=secret, algorithm="sha256").digest()


def _canonical(values: Sequence[Any]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
