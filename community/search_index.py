"""The full-text index of posts, comments, groups and people: of the database itself, kept by it.

PostgreSQL: a GIN index on an expression. SQLite: an FTS5 table beside each searched table, which triggers
keep current. Both take letters without their case and accents, and words by their beginning.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

SEARCHED: Final = {
    "community_post": ("title", "content"),
    "community_comment": ("content",),
    "community_group": ("name", "description"),
    "accounts_user": ("name", "username"),
}
VECTOR: Final = "community_search_vector"
MERGED_PAGES: Final = 500  # in one transaction

# Punctuation that PostgreSQL would keep inside a word (an address, a path) parts words here, as in FTS5.
_FUNCTION: Final = rf"""
CREATE OR REPLACE FUNCTION {VECTOR}(one text, two text DEFAULT '') RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.to_tsvector(
        'pg_catalog.simple',
        pg_catalog.translate(
            pg_catalog.regexp_replace(
                pg_catalog.normalize(one || ' ' || two, 'NFKD'), U&'[\0300-\036F]', '', 'g'
            ),
            '@/._-:&=?+''', '           '
        )
    )
$$
"""


def search_table(table: str) -> str:
    """The name of the FTS5 table beside this one."""
    return f"{table}_search"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing and fill it. Safe to call again.

    Called by the migration, and after every later one: where SQLite changes a table by making it anew,
    its triggers go with the old one.
    """
    if connection.vendor == "postgresql":
        _install_on_postgresql(connection)
    elif connection.vendor == "sqlite":
        _install_on_sqlite(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {VECTOR} CASCADE")  # its indexes go with it
            return
        for table in SEARCHED:
            for moment in ("insert", "delete", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {search_table(table)}_{moment}")
            cursor.execute(f"DROP TABLE IF EXISTS {search_table(table)}")


def merge(connection: BaseDatabaseWrapper, table: str, *, begins: bool) -> bool:
    """What was deleted lies in the index of SQLite until its parts are merged into one: do some of it, in a
    transaction of the caller's; True where more is left. PostgreSQL's autovacuum sees to its own."""
    if connection.vendor != "sqlite":
        return False
    index = search_table(table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT total_changes()")
        before = cursor.fetchone()[0]
        pages = -MERGED_PAGES if begins else MERGED_PAGES  # as FTS5 documents it
        cursor.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', {pages})")  # nosec B608
        cursor.execute("SELECT total_changes()")
        return bool(cursor.fetchone()[0] - before >= 2)


def _install_on_postgresql(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_regprocedure('{VECTOR}(text, text)')")
        if cursor.fetchone()[0] is None:
            cursor.execute(_FUNCTION)
        for table, columns in SEARCHED.items():
            index = search_table(table)
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NULL", [table, index])
            if cursor.fetchone()[0]:
                cursor.execute(f"CREATE INDEX {index} ON {table} USING gin ({VECTOR}({', '.join(columns)}))")


def _install_on_sqlite(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')")
        there = {name for (name,) in cursor.fetchall()}
        for table, columns in SEARCHED.items():
            index = search_table(table)
            missing = {index, f"{index}_insert", f"{index}_delete", f"{index}_update"} - there
            if table not in there or not missing:
                continue
            for statement in _fts_statements(table, columns):
                cursor.execute(statement)


def _fts_statements(table: str, columns: tuple[str, ...]) -> list[str]:
    index, listed = search_table(table), ", ".join(columns)
    old = (
        f"INSERT INTO {index} ({index}, rowid, {listed}) "  # nosec B608 # names are ours
        f"VALUES ('delete', old.id, {_of('old', columns)});"
    )
    new = (
        f"INSERT INTO {index} (rowid, {listed}) "  # nosec B608 # names are ours
        f"VALUES (new.id, {_of('new', columns)});"
    )
    update = f"{index}_update AFTER UPDATE OF {listed}"
    return [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5("
        f"{listed}, content='{table}', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
        f"CREATE TRIGGER IF NOT EXISTS {index}_insert AFTER INSERT ON {table} BEGIN {new} END",
        f"CREATE TRIGGER IF NOT EXISTS {index}_delete AFTER DELETE ON {table} BEGIN {old} END",
        f"CREATE TRIGGER IF NOT EXISTS {update} ON {table} BEGIN {old} {new} END",
        f"INSERT INTO {index} ({index}) VALUES ('rebuild')",  # nosec B608 # names are ours
    ]


def _of(row: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)
