"""Indexes that a large table gets, or loses, while people use it.

PostgreSQL does it CONCURRENTLY, under no lock that writers wait for, and not in a transaction: a migration
with these says `atomic = False`. SQLite has one writer at a time and does it as ever.
"""

from typing import Any, ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations import AddConstraint, AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation


class _Live:
    """An operation that PostgreSQL does `live`, and SQLite as `ever`; its state is the same."""

    live: ClassVar[type[Operation]]
    ever: ClassVar[type[Operation]]

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._how(schema_editor).database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._how(schema_editor).database_backwards(self, app_label, schema_editor, from_state, to_state)

    def _how(self, schema_editor: Any) -> Any:
        return self.live if _is_postgresql(schema_editor) else self.ever


class AddIndexLive(_Live, AddIndexConcurrently):
    live, ever = AddIndexConcurrently, AddIndex


class RemoveIndexLive(_Live, RemoveIndexConcurrently):
    live, ever = RemoveIndexConcurrently, RemoveIndex


class AddUniqueLive(AddConstraint):
    """Of a UniqueConstraint with a condition, which is a unique index to the database."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not _is_postgresql(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        sql = str(self.constraint.create_sql(model, schema_editor))
        schema_editor.execute(sql.replace("CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY", 1))


def _is_postgresql(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")
