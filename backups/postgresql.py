"""PostgreSQL by its own programs, which must be at least as new as the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .archive import BackupError

# What is ours in the schema goes in the same transaction as the copy comes: all of it or nothing.
CLEARED = """
SET client_min_messages = warning;
DO $$
DECLARE thing record;
BEGIN
    FOR thing IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', thing.name);
    END LOOP;
    FOR thing IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', thing.name);
    END LOOP;
END $$;
"""


def dump(connection: BaseDatabaseWrapper, target: Path) -> None:
    program = _program("pg_dump", _server_version(connection))
    options = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
    _run([program, *options, f"--file={target}"], connection)


def restore(connection: BaseDatabaseWrapper, dumped: Path, statements: Iterable[str]) -> None:
    """In place of whatever is there, in one transaction that `statements` end."""
    version = _server_version(connection)
    unpack, take = _program("pg_restore", version), _program("psql", version)
    connection.close()
    script = dumped.with_suffix(".sql")
    _run([unpack, "--no-owner", "--no-privileges", f"--file={script}", str(dumped)], connection)
    before, after = script.with_suffix(".before.sql"), script.with_suffix(".after.sql")
    before.write_text(CLEARED, encoding="utf-8")
    after.write_text("SET search_path = public;\n" + "".join(f"{each};\n" for each in statements))
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    _run([take, *options, *(f"--file={each}" for each in (before, script, after))], connection)


def _server_version(connection: BaseDatabaseWrapper) -> int:
    connection.ensure_connection()
    version: int = connection.pg_version  # type: ignore[attr-defined] # of this database's wrapper
    return version // 10_000


def _program(name: str, server: int) -> str:
    path = shutil.which(name)
    if path is None:
        raise BackupError(
            f"{name} is not installed. On Debian and Ubuntu:  apt install postgresql-client-{server}"
        )
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\) (\d+)", told)
    version = int(found.group(1)) if found else 0
    if version < server:
        raise BackupError(
            f"{path} is of version {version}, and the server of version {server}: install "
            f"postgresql-client-{server}, and have its programs first in PATH."
        )
    return path


def _run(command: list[str], connection: BaseDatabaseWrapper) -> None:
    """No password among the arguments, where any user of the machine would read it."""
    ended = subprocess.run(
        command,
        env=os.environ | environment(connection.settings_dict),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if ended.returncode:
        words = " ".join(ended.stderr.split())[-500:]
        raise BackupError(f"{Path(command[0]).name} failed, and nothing was changed: {words}")


def environment(settings: dict[str, Any]) -> dict[str, str]:
    """The connection of the site, by the names that these programs know."""
    options = settings.get("OPTIONS") or {}
    named = {
        "PGHOST": settings.get("HOST") or options.get("host"),
        "PGPORT": settings.get("PORT"),
        "PGUSER": settings.get("USER"),
        "PGPASSWORD": settings.get("PASSWORD"),
        "PGDATABASE": settings["NAME"],
        "PGOPTIONS": options.get("options"),
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
        "PGSSLCERT": options.get("sslcert"),
        "PGSSLKEY": options.get("sslkey"),
        "PGSERVICE": options.get("service"),
    }
    return {name: str(value) for name, value in named.items() if value}
