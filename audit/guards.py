"""Triggers that refuse every change of the log but two: sealing a row, and forgetting whom it is about.

The database itself says no, whoever asks: a mistake in this program, a shell, a stolen connection. Who owns
the tables can take them away; the chain finds what was done then, and `verify_audit` that they are gone.

Put back after every migration: where SQLite changes a table by making it anew, its triggers go with the
old one.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = "audit_entry"
NAMES: Final = frozenset({"audit_entry_guard_update", "audit_entry_guard_delete"})
ON_POSTGRESQL: Final = NAMES | {"audit_entry_guard_truncate"}
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


def install(connection: BaseDatabaseWrapper) -> None:
    """Make, or make anew, what is missing or of an earlier version."""
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """For what may: emptying the tables of a test."""
    with connection.cursor() as cursor:
        for name in names_on(connection.vendor):
            of_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The guards that are not there, or switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgenabled IN ('O', 'A')",
                [TABLE],
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        return set(names_on(connection.vendor)) - {name for (name,) in cursor.fetchall()}


def names_on(vendor: str) -> frozenset[str]:
    return ON_POSTGRESQL if vendor == "postgresql" else NAMES


def _statements(vendor: str) -> list[str]:
    same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    allowed = _allowed_change(same)
    if vendor == "postgresql":
        function = f"""
            CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF {allowed} THEN RETURN NEW; END IF;
                END IF;
                RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
            END $$
        """
        rows = "FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()"
        return [
            function,
            f"CREATE OR REPLACE TRIGGER {TABLE}_guard_update BEFORE UPDATE ON {TABLE} {rows}",
            f"CREATE OR REPLACE TRIGGER {TABLE}_guard_delete BEFORE DELETE ON {TABLE} {rows}",
            f"DROP TRIGGER IF EXISTS {TABLE}_guard_truncate ON {TABLE}",  # has no OR REPLACE by statement
            f"CREATE TRIGGER {TABLE}_guard_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"DROP TRIGGER IF EXISTS {TABLE}_guard_update",
        f"CREATE TRIGGER {TABLE}_guard_update BEFORE UPDATE ON {TABLE} WHEN NOT ({allowed}) {refuse}",
        f"DROP TRIGGER IF EXISTS {TABLE}_guard_delete",
        f"CREATE TRIGGER {TABLE}_guard_delete BEFORE DELETE ON {TABLE} {refuse}",
    ]


def _allowed_change(same: str) -> str:
    """As a condition of SQL on the rows OLD and NEW."""
    kept = [_all_same(_STAYS, same)]
    for columns in _FORGOTTEN_TOGETHER:
        gone = " AND ".join(f"NEW.{column} IS NULL" for column in columns)
        kept.append(f"({_all_same(columns, same)} OR ({gone}))")
    sealed_now = "(OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.digest IS NOT NULL)"
    kept.append(f"({_all_same(_SEAL, same)} OR {sealed_now})")
    return " AND ".join(kept)


def _all_same(columns: tuple[str, ...], same: str) -> str:
    return "(" + " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in columns) + ")"
