"""Moving old rows to a file: the chain goes on from an anchor, and the file proves itself.

First the file is whole and on the disk, then the anchor is committed, then rows go, some at a time. A process
that dies in between leaves rows that an anchor has passed; the next archiving drops them.

A file is lines of JSON: where it begins, the rows, and where it ends, with a signature.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Max, Min

from notifications.transactions import dispatching

from . import actions, chain
from .actions import DONE
from .models import Anchor, Entry
from .sealing import End, seal
from .verifying import Check, Fault, Row, beginning, forgotten_people, rows_between
from .writing import write_of_nobody

BATCH = 1_000
_BYTES = ("who_salt", "what_salt", "who_digest", "what_digest", "mac", "digest", "signature")


class BrokenError(Exception):
    """What is to be archived is not what was written."""


def archive(path: Path, *, before: datetime) -> Anchor | None:
    """All sealed rows of before that moment, up to the first that is not; None where there are none."""
    seal()
    begins = beginning()
    drop_archived(begins.position)
    until = _last_before(before)
    if until is None or until <= begins.position:
        return None
    fault = Check(forgotten_people()).follow(rows_between(begins.position, until), begins)
    if fault is not None:
        raise BrokenError(str(fault))
    digest = bytes(Entry.objects.values_list("digest", flat=True).get(position=until) or b"")
    ends = End(until, digest)
    sum_of_file = _write(path, begins, ends)
    with dispatching():
        anchor = Anchor.objects.create(
            position=until, digest=digest, signature=_signed(ends), rows=until - begins.position,
            file_name=path.name, file_digest=sum_of_file,
        )  # fmt: skip
        write_of_nobody(actions.ARCHIVED, target=("archive", anchor.pk, path.name), outcome=DONE)
    drop_archived(until)
    return anchor


def drop_archived(until: int) -> None:
    while ids := list(Entry.objects.filter(position__lte=until).values_list("pk", flat=True)[:BATCH]):
        with dispatching():
            Entry.objects.filter(pk__in=ids).delete()


def verify_file(path: Path) -> tuple[int, Fault | None]:
    """How many rows are in it, and the first that is not as it was written."""
    with path.open() as file:
        first = json.loads(next(file))
        begins = End(first["after"], bytes.fromhex(first["digest"]))
        last: dict[str, Any] = {}
        check = Check(forgotten=None)
        fault = check.follow(_rows_of(file, last), begins)
    if fault is not None:
        return check.sealed, fault
    ends = End(last.get("until", 0), bytes.fromhex(last.get("digest", "")))
    signed = bytes.fromhex(last.get("signature", ""))
    if not any(signed == chain.signature(key, *ends) for key in chain.signing_keys()):
        return check.sealed, Fault("The file does not end with a signature of this site.")
    if check.stands != ends:
        return check.sealed, Fault("Rows are missing at the end of the file.")
    return check.sealed, None


def _rows_of(lines: Iterable[str], last: dict[str, Any]) -> Iterator[Row]:
    """And what the last line says, into `last`."""
    for line in lines:
        values = json.loads(line)
        if "until" in values:
            last.update(values)
            return
        yield _row(values)


def _last_before(moment: datetime) -> int | None:
    """Places follow times but for long transactions, so what comes first decides."""
    sealed = Entry.objects.exclude(position=None)
    first_kept = sealed.filter(at__gte=moment).aggregate(first=Min("position"))["first"]
    if first_kept is not None:
        return int(first_kept) - 1
    last = sealed.aggregate(last=Max("position"))["last"]
    return int(last) if last is not None else None


def _write(path: Path, begins: End, ends: End) -> str:
    """Answers the SHA-256 of the file, which is new and whole, or not there."""
    digest = hashlib.sha256()
    fresh = path.with_name(f"{path.name}.part")
    with fresh.open("xb") as file:
        os.chmod(fresh, 0o600)
        for line in _lines(begins, ends):
            data = f"{line}\n".encode()
            digest.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.link(fresh, path)  # never over another
    fresh.unlink()
    return digest.hexdigest()


def _lines(begins: End, ends: End) -> Iterator[str]:
    yield json.dumps({"after": begins.position, "digest": begins.digest.hex()})
    for row in rows_between(begins.position, ends.position):
        yield json.dumps(_plain(row), ensure_ascii=False)
    yield json.dumps({"until": ends.position, "digest": ends.digest.hex(), "signature": _signed(ends).hex()})


def _signed(ends: End) -> bytes:
    return chain.signature(chain.signing_keys()[0], *ends)


def _plain(row: Row) -> dict[str, Any]:
    values = row._asdict()
    values["at"] = row.at.isoformat()
    for name in _BYTES:
        values[name] = None if values[name] is None else bytes(values[name]).hex()
    return values


def _row(values: dict[str, Any]) -> Row:
    plain: dict[str, Any] = {
        name: bytes.fromhex(value) if name in _BYTES and value is not None else value
        for name, value in values.items()
    }
    return Row(**plain | {"at": datetime.fromisoformat(values["at"])})
