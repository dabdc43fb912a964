"""Triggers that refuse every change of the log but three: sealing a row, forgetting whom it is about, and
dropping what was archived.

The database itself says no, whoever asks: a mistake in this program, a shell, a stolen connection. Who owns
the tables can take them away; the chain finds what was done then, and `verify_audit` that they are gone.

Put back after every migration: where SQLite changes a table by making it anew, its triggers go with the
old one.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = "audit_entry"
ANCHORS: Final = "audit_anchor"
REFUSAL: Final = "the audit log is only added to"

_STAYS: Final = (
    "id", "at", "action", "outcome", "reason", "actor_id", "target_type", "target_id", "request_id",
    "who_digest", "what_digest", "mac",
)  # fmt: skip
_FORGOTTEN_TOGETHER: Final = (
    ("actor_name", "address", "agent", "who_salt"),
    ("target_label", "metadata", "what_salt"),
)
_SEAL: Final = ("position", "digest", "signature")
# As conditions of SQL on the rows OLD and NEW.
_IS_ARCHIVED: Final = f"EXISTS (SELECT 1 FROM {ANCHORS} WHERE position >= OLD.position)"  # nosec B608
_NEVER: Final = "1 = 0"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make, or make anew, those whose table is there."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in (TABLE, ANCHORS):
            if table in tables:
                for statement in _statements(connection.vendor, table):
                    cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """For the few who may: a test that empties its tables, and one that does what nobody should."""
    with connection.cursor() as cursor:
        for table in (TABLE, ANCHORS):
            for name in _names(connection.vendor, table):
                of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The guards that are not there, or switched off."""
    expected = {name for table in (TABLE, ANCHORS) for name in _names(connection.vendor, table)}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') "
                "AND tgrelid IN (to_regclass(%s), to_regclass(%s))",
                [TABLE, ANCHORS],
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return expected - {name for (name,) in cursor.fetchall()}


def _names(vendor: str, table: str) -> list[str]:
    moments = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return [f"{table}_guard_{moment}" for moment in moments]


def _statements(vendor: str, table: str) -> list[str]:
    same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    may_update = _allowed_change(same) if table == TABLE else _NEVER
    may_delete = _IS_ARCHIVED if table == TABLE else _NEVER
    if vendor == "postgresql":
        return _on_postgresql(table, may_update, may_delete)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"DROP TRIGGER IF EXISTS {table}_guard_update",
        f"CREATE TRIGGER {table}_guard_update BEFORE UPDATE ON {table} WHEN NOT ({may_update}) {refuse}",
        f"DROP TRIGGER IF EXISTS {table}_guard_delete",
        f"CREATE TRIGGER {table}_guard_delete BEFORE DELETE ON {table} WHEN NOT ({may_delete}) {refuse}",
    ]


def _on_postgresql(table: str, may_update: str, may_delete: str) -> list[str]:
    function = f"{table}_guard"
    rows = f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    return [
        f"""
        CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF {may_update} THEN RETURN NEW; END IF;
            ELSIF TG_OP = 'DELETE' THEN
                IF {may_delete} THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
        END $$
        """,
        f"CREATE OR REPLACE TRIGGER {table}_guard_update BEFORE UPDATE ON {table} {rows}",
        f"CREATE OR REPLACE TRIGGER {table}_guard_delete BEFORE DELETE ON {table} {rows}",
        f"CREATE OR REPLACE TRIGGER {table}_guard_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    ]


def _allowed_change(same: str) -> str:
    kept = [_all_same(_STAYS, same)]
    for columns in _FORGOTTEN_TOGETHER:
        gone = " AND ".join(f"NEW.{column} IS NULL" for column in columns)
        kept.append(f"({_all_same(columns, same)} OR ({gone}))")
    sealed_now = "(OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.digest IS NOT NULL)"
    kept.append(f"({_all_same(_SEAL, same)} OR {sealed_now})")
    return " AND ".join(kept)


def _all_same(columns: tuple[str, ...], same: str) -> str:
    return "(" + " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in columns) + ")"
