import os

import pytest
from django.db import connection


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_run_is_on_the_database_that_it_was_given() -> None:
    """Settings read too early or from elsewhere would leave the second run silently on SQLite."""
    wanted = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if wanted == "postgresql" else "SELECT sqlite_version()")
        assert cursor.fetchone()
    assert connection.vendor == wanted
