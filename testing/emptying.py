"""How a test that committed leaves the database: Django's `flush` in a tenth of its time.

`flush` truncates every table, and then makes the content types and the permissions anew. Here only tables
that have rows are emptied, and what migrating made stays.
"""

from collections.abc import Iterable
from functools import cache

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase

from audit import guards as of_the_log
from reputation import guards as of_the_ledger

GUARDS = (of_the_log, of_the_ledger)
TRIES = 3

MADE_BY_MIGRATE = {
    "django_migrations", "django_content_type", "auth_permission", "notifications_revisionclock",
}  # fmt: skip


def empty_the_tables() -> None:
    """Again, where a process that serves meanwhile locked them in another order, and we were told of it."""
    for attempt in range(1, TRIES + 1):
        try:
            _empty_the_tables()
        except OperationalError:
            if attempt == TRIES:
                raise
        else:
            return


def _empty_the_tables() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _on_postgresql(cursor)
        else:
            _on_sqlite(cursor)


def _on_postgresql(cursor: CursorWrapper) -> None:
    """Not by `TRUNCATE`: for whatever refers to one of these it would make new files, and for each index.

    The locks are those that it takes: whoever still writes is waited for.
    """
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND pg_relation_size(oid) > 0"
    )
    if tables := _quoted(name for (name,) in cursor.fetchall() if name not in MADE_BY_MIGRATE):
        cursor.execute("SET LOCAL session_replication_role = replica")  # past guards and foreign keys
        cursor.execute(f"LOCK TABLE {', '.join(tables)}")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))


def _on_sqlite(cursor: CursorWrapper) -> None:
    cursor.execute(_with_rows())
    tables = _quoted(name for (name,) in cursor.fetchall())
    guarded = [guards for guards in GUARDS if connection.ops.quote_name(guards.TABLE) in tables]
    for guards in guarded:
        guards.remove(connection)
    for table in tables:  # foreign keys are deferred to the commit, so the order does not matter
        cursor.execute(f"DELETE FROM {table}")
    for guards in guarded:
        guards.install(connection)


def _quoted(names: Iterable[str]) -> list[str]:
    return [connection.ops.quote_name(name) for name in names]


@cache
def _with_rows() -> str:
    """Answers the names of the tables that have any."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})"
        for table in sorted(set(tables) - MADE_BY_MIGRATE)
    )


def instead_of_flush() -> None:
    TransactionTestCase._fixture_teardown = lambda self: empty_the_tables()  # type: ignore[attr-defined]
