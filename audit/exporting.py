"""Rows of the log as a file, line by line: as CSV for a table, or as JSON lines with all details."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet

from .models import Entry

MOST = 100_000  # rows of one file; all of them are archive_audit's
COLUMNS = (
    "id", "at", "action", "outcome", "reason", "actor_id", "actor_name", "target_type", "target_id",
    "target_label", "address", "agent", "request_id", "position", "metadata",
)  # fmt: skip
CHUNK = 1_000
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """What a writer of CSV writes to, and gets back."""

    def write(self, line: str) -> str:
        return line


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([_harmless(value) for value in row])


def as_json(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n"


FORMATS = {"csv": (as_csv, "text/csv"), "json": (as_json, "application/jsonl")}


def values(rows: QuerySet[Entry]) -> Iterator[list[object]]:
    """In the order of COLUMNS."""
    for row in rows.values_list(*COLUMNS)[:MOST].iterator(chunk_size=CHUNK):
        yield [row[0], row[1].isoformat(), *row[2:]]


def _harmless(value: object) -> object:
    """Nothing that a spreadsheet would calculate: devices name themselves."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA) else value
