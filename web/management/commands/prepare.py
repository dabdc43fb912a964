"""manage.py prepare: everything between an update of the files and a site that can be served."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

STAMP = "prepared"  # in STATIC_ROOT: the digest of the files that were collected into it


class Command(BaseCommand):
    help = "Migrates, collects static files and, on a new site, loads the demo community (not with DEMO=0)."
    requires_system_checks = ()  # they are for whoever changes the site, and take longer than all the rest

    def handle(self, *args: Any, **options: Any) -> None:
        done = [self._migrate(), self._collect_static_files(), self._load_demo()]
        if not any(done):
            self.stdout.write("Everything is ready; nothing had to be done.")

    def _migrate(self) -> bool:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            return False
        self.stdout.write(f"Updating the database: {len(plan)} migrations.")
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        return True

    def _collect_static_files(self) -> bool:
        stamp = Path(settings.STATIC_ROOT) / STAMP
        digest = _digest_of_static_files()
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
            return False
        self.stdout.write("Collecting static files.")
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest, encoding="utf-8")
        return True

    def _load_demo(self) -> bool:
        if not settings.DEMO or get_user_model().objects.exists():
            return False
        if settings.HTTPS:
            self.stdout.write(
                "The demo community was not loaded: its passwords are known, and this site is not local."
            )
            return False
        call_command("seed_demo", stdout=self.stdout, stderr=self.stderr, skip_checks=True)
        return True


def _digest_of_static_files() -> str:
    """Changes when a file comes, goes or is written: of names, sizes and times, for speed."""
    digest = hashlib.sha256(settings.STATIC_URL.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{file.st_size}\0{file.st_mtime_ns}\n".encode())
    return digest.hexdigest()
