"""Triggers that refuse every change of the ledger but forgetting whose a row was, and then deleting it.

Put back after every migration: where SQLite changes a table by making it anew, its triggers go with the
old one.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = "reputation_entry"
UPDATE, DELETE = f"{TABLE}_guard_update", f"{TABLE}_guard_delete"
REFUSAL: Final = "the ledger of points is only added to"
_STAYS: Final = (
    "id", "cause", "thing_id", "other_id", "round", "points", "happened_at", "local_date", "reverses_id",
    "written_at",
)  # fmt: skip


def install(connection: BaseDatabaseWrapper) -> None:
    """Make, or make anew, what is missing or of an earlier version."""
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """For what may: emptying the tables of a test."""
    of_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in (UPDATE, DELETE):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")


def _statements(vendor: str) -> list[str]:
    same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in _STAYS)
    forgets = f"({kept} AND NEW.person_id IS NULL)"
    if vendor == "postgresql":
        return [
            f"""
            CREATE OR REPLACE FUNCTION {TABLE}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF {forgets} THEN RETURN NEW; END IF;
                ELSIF OLD.person_id IS NULL THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
            END $$
            """,
            f"CREATE OR REPLACE TRIGGER {UPDATE} BEFORE UPDATE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_guard()",
            f"CREATE OR REPLACE TRIGGER {DELETE} BEFORE DELETE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_guard()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"DROP TRIGGER IF EXISTS {UPDATE}",
        f"CREATE TRIGGER {UPDATE} BEFORE UPDATE ON {TABLE} WHEN NOT {forgets} {refuse}",
        f"DROP TRIGGER IF EXISTS {DELETE}",
        f"CREATE TRIGGER {DELETE} BEFORE DELETE ON {TABLE} WHEN OLD.person_id IS NOT NULL {refuse}",
    ]
