"""Is the log what was written? Reads all of it, and names the first row that says no."""

import hmac
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count

from . import actions, chain, guards
from .chain import Statement
from .checkpoints import Checkpoint
from .models import Anchor, Entry
from .sealing import End, end

Progress = Callable[[int, int], None]
CHUNK = 5_000


class Row(NamedTuple):
    """Of the log or of an archive, in the order of its columns."""

    id: int
    at: datetime
    action: str
    outcome: str
    reason: str
    actor_id: int | None
    target_type: str
    target_id: str
    request_id: str
    actor_name: str | None
    address: str | None
    agent: str | None
    who_salt: bytes | None
    target_label: str | None
    metadata: Any
    what_salt: bytes | None
    who_digest: bytes
    what_digest: bytes
    mac: bytes
    position: int | None
    digest: bytes | None
    signature: bytes | None


class Fault(NamedTuple):
    why: str
    row: Row | None = None

    def __str__(self) -> str:
        if self.row is None:
            return self.why
        at = f"position {self.row.position}" if self.row.position else "not sealed yet"
        return f"Row {self.row.id} ({at}, {self.row.action}, {self.row.at:%Y-%m-%d %H:%M:%S} UTC): {self.why}"


class Verdict(NamedTuple):
    sealed: int
    waiting: int
    end: End
    fault: Fault | None


def no_progress(done: int, total: int) -> None:
    """For callers who do not watch."""


def verify(*, checkpoint: Checkpoint | None = None, progress: Progress = no_progress) -> Verdict:
    """Everything, as far as the first fault."""
    stands, begins = end(), beginning()
    check = Check(forgotten_people())
    fault = _of_what_stands_around(checkpoint, stands) or check.follow(
        rows_between(begins.position, stands.position),
        begins,
        checkpoint,
        lambda done: progress(done, stands.position - begins.position),
    )
    if fault is None and not check.is_signed:
        fault = Fault(f"The chain ends at {stands.position} without a signature: its end was cut off.")
    fault = fault or _doubled() or check.waiting(_rows_waiting())
    return Verdict(check.sealed, check.waited, stands, fault)


class Check:
    """The passage through rows; counts them. `forgotten`: who may be; None where nobody can say."""

    def __init__(self, forgotten: set[str] | None) -> None:
        self.sealed = self.waited = 0
        self.is_signed = True  # the last row that was read
        self.stands = End(0, chain.BEGINNING)
        self._keys = chain.signing_keys()
        self._forgotten = forgotten

    def follow(
        self,
        rows: Iterable[Row],
        begins: End,
        checkpoint: Checkpoint | None = None,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Fault | None:
        position, digest = begins
        for row in rows:
            position += 1
            if row.position != position:
                return Fault(f"before it, position {position} is missing.", row)
            if (why := self._of_a_row(row)) is not None:
                return Fault(why, row)
            digest = chain.link(digest, position, row.id, bytes(row.mac), _statement(row))
            if row.digest is None or not hmac.compare_digest(digest, bytes(row.digest)):
                return Fault("it does not follow from the row before it.", row)
            self.is_signed = row.signature is not None
            if row.signature is not None and not self._is_ours(position, digest, bytes(row.signature)):
                return Fault("the signature of the chain is not of this site.", row)
            if checkpoint is not None and checkpoint.position == position and checkpoint.digest != digest:
                return Fault("the checkpoint says that the chain was another here.", row)
            self.stands = End(position, digest)
            self.sealed += 1
            if self.sealed % CHUNK == 0:
                progress(self.sealed)
        return None

    def waiting(self, rows: Iterable[Row]) -> Fault | None:
        for row in rows:
            self.waited += 1
            if (why := self._of_a_row(row)) is not None:
                return Fault(why, row)
        return None

    def _of_a_row(self, row: Row) -> str | None:
        statement, own = _statement(row), bytes(row.mac)
        if not any(hmac.compare_digest(chain.mac(key, statement), own) for key in self._keys):
            return "this site did not write it, or not like this."
        for salt, values, commitment, of_what in (
            (row.who_salt, [row.actor_name, row.address, row.agent], row.who_digest, "who and where"),
            (row.what_salt, [row.target_label, row.metadata], row.what_digest, "on what"),
        ):
            if salt is not None:
                if not hmac.compare_digest(chain.commitment(bytes(salt), values), bytes(commitment)):
                    return f"it said something else of {of_what}."
            elif any(value is not None for value in values):
                return f"it has lost the proof of {of_what}."
            elif not self._may_be_forgotten(row):
                return f"it says nothing of {of_what}, and nobody asked to be forgotten."
        return None

    def _may_be_forgotten(self, row: Row) -> bool:
        if self._forgotten is None:
            return True
        people = {str(row.actor_id)} | ({row.target_id} if row.target_type == "user" else set())
        return bool(people & self._forgotten)

    def _is_ours(self, position: int, digest: bytes, signature: bytes) -> bool:
        return any(
            hmac.compare_digest(chain.signature(key, position, digest), signature) for key in self._keys
        )


def _of_what_stands_around(checkpoint: Checkpoint | None, stands: End) -> Fault | None:
    if lost := guards.missing(connection):
        return Fault(f"The triggers that guard the log are not all there: {', '.join(sorted(lost))}.")
    if checkpoint is not None and checkpoint.position > stands.position:
        return Fault(
            f"The chain ends at position {stands.position}, and the checkpoint is of {checkpoint.position}: "
            "its end was cut off."
        )
    for anchor in Anchor.objects.order_by("position"):
        if not Checkpoint(anchor.position, bytes(anchor.digest), bytes(anchor.signature)).is_ours():
            return Fault(f"What was dropped up to position {anchor.position} was not dropped by this site.")
        given = checkpoint if checkpoint and checkpoint.position == anchor.position else None
        if given is not None and given.digest != bytes(anchor.digest):
            return Fault(f"The checkpoint says that the chain was another at {anchor.position}.")
    return None


def _doubled() -> Fault | None:
    copies = Entry.objects.order_by().values("mac").annotate(copies=Count("pk")).filter(copies__gt=1)
    for first in copies[:1]:
        copy = Entry.objects.filter(mac=first["mac"]).order_by("-pk").values_list(*Row._fields)[0]
        return Fault("it is a copy of another.", Row(*copy))
    return None


def _statement(row: Row) -> bytes:
    return Statement(*row[1:9], bytes(row.who_digest), bytes(row.what_digest)).canonical()


def beginning() -> End:
    anchor = Anchor.objects.order_by("-position").first()
    return End(anchor.position, bytes(anchor.digest)) if anchor else End(0, chain.BEGINNING)


def rows_between(after: int, until: int) -> Iterator[Row]:
    rows = Entry.objects.filter(position__gt=after, position__lte=until).order_by("position")
    return (Row(*values) for values in rows.values_list(*Row._fields).iterator(chunk_size=CHUNK))


def _rows_waiting() -> Iterator[Row]:
    rows = Entry.objects.filter(position=None).order_by("pk")
    return (Row(*values) for values in rows.values_list(*Row._fields).iterator(chunk_size=CHUNK))


def forgotten_people() -> set[str]:
    done = Entry.objects.filter(action=actions.FORGOTTEN.name, target_type="user")
    return set(done.values_list("target_id", flat=True))
