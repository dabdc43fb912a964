"""Triggers that refuse every change of a table but what is named: for whatever is only added to.

The database itself says no, whoever asks: a mistake in this program, a shell, a stolen connection. Who owns
the table can take them away. They are put back after every migration: where SQLite changes a table by making
it anew, its triggers go with the old one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

NEVER = "1 = 0"


def all_same(columns: Sequence[str], same: str) -> str:
    """`same`: how this database says that two values are one, NULL included."""
    return "(" + " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in columns) + ")"


@dataclass(frozen=True, slots=True)
class Guard:
    """Of one table. What may be done are conditions of SQL on the rows OLD and NEW."""

    table: str
    refusal: str  # what whoever tries is told
    may_update: Callable[[str], str]  # by what `all_same` calls `same`
    may_delete: str
    refuses_truncation: bool = True  # which is PostgreSQL's

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Make them, or make them anew, where the table is there."""
        if self.table not in connection.introspection.table_names():
            return
        with connection.cursor() as cursor:
            for statement in self._statements(connection.vendor):
                cursor.execute(statement)

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """For the few who may: a test that empties its tables, and one that does what nobody should."""
        of_table = f" ON {self.table}" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            for name in self.names(connection.vendor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")

    def names(self, vendor: str) -> list[str]:
        moments = ["update", "delete"]
        if vendor == "postgresql" and self.refuses_truncation:
            moments.append("truncate")
        return [f"{self.table}_guard_{moment}" for moment in moments]

    def _statements(self, vendor: str) -> list[str]:
        if vendor == "postgresql":
            return self._on_postgresql()
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END"
        return [
            statement
            for moment, allowed in (("update", self.may_update("IS")), ("delete", self.may_delete))
            for statement in (
                f"DROP TRIGGER IF EXISTS {self.table}_guard_{moment}",
                f"CREATE TRIGGER {self.table}_guard_{moment} BEFORE {moment} ON {self.table} "
                f"WHEN NOT ({allowed}) {refuse}",
            )
        ]

    def _on_postgresql(self) -> list[str]:
        function = f"{self.table}_guard"
        made = [
            f"""
            CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF {self.may_update("IS NOT DISTINCT FROM")} THEN RETURN NEW; END IF;
                ELSIF TG_OP = 'DELETE' THEN
                    IF {self.may_delete} THEN RETURN OLD; END IF;
                END IF;
                RAISE EXCEPTION '{self.refusal}' USING ERRCODE = 'restrict_violation';
            END $$
            """
        ]
        for name in self.names("postgresql"):
            moment = name.rpartition("_")[2]
            each = "STATEMENT" if moment == "truncate" else "ROW"
            made.append(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {moment} ON {self.table} "
                f"FOR EACH {each} EXECUTE FUNCTION {function}()"
            )
        return made
