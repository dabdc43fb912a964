"""The few pieces of SQL that PostgreSQL and SQLite spell alike, with values adapted for either."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL


def adapted(value: Any) -> Any:
    """A value as the database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def from_database(value: datetime) -> datetime:
    """A time read by plain SQL, aware as the ORM would have made it: SQLite keeps UTC without saying so."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def values_clause(rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """`(%s, %s), (%s, %s)` and the parameters in that order."""
    row = f"({', '.join(['%s'] * len(rows[0]))})"
    return ", ".join([row] * len(rows)), [adapted(value) for values in rows for value in values]


def id_list(ids: Sequence[Any]) -> str:
    """`(%s, %s)` for an IN over as many values."""
    return f"({', '.join(['%s'] * len(ids))})"


def rows_clause(columns: str, rows: Sequence[Sequence[Any]]) -> tuple[str, str]:
    """A subquery over `rows`, and its one parameter. `columns`: "id bigint, state text".

    For large numbers of rows: as one JSON text they cost a fraction of what parsing as many literals does.
    """
    each = "jsonb_array_elements(%s::jsonb)" if connection.vendor == "postgresql" else "json_each(%s)"
    selected = ", ".join(
        f"CAST(value ->> {number} AS {kind}) AS {name}"
        for number, (name, kind) in enumerate(column.split() for column in columns.split(", "))
    )
    clause = f"(SELECT {selected} FROM {each})"  # nosec B608 # names are ours, values are parameters
    return clause, json.dumps(rows, separators=(",", ":"))


def among(ids: Iterable[Any], kind: str = "bigint") -> RawSQL:
    """For `pk__in=among(ids)` with many ids: one parameter, taken apart by nobody on its way."""
    each = "jsonb_array_elements_text(%s::jsonb)" if connection.vendor == "postgresql" else "json_each(%s)"
    select = f"SELECT CAST(value AS {kind}) FROM {each}"  # nosec B608 # names are ours, values are parameters
    return RawSQL(select, [json.dumps(list(ids))])  # nosec B611


def json_type() -> str:
    return "jsonb" if connection.vendor == "postgresql" else "text"


def timestamp() -> str:
    """A placeholder for a time where its type is not evident."""
    return "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
