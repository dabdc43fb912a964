"""The few pieces of SQL that PostgreSQL and SQLite spell alike, with values adapted for either."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection


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
