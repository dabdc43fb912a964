from typing import Any

from django.db.backends.sqlite3 import base

from benchmarks.peers.stage.settings import SQLITE_PRAGMAS


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.executescript(SQLITE_PRAGMAS)
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self.cursor().execute("BEGIN IMMEDIATE")
