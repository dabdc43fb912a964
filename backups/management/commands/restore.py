"""manage.py restore FILE: a site out of a backup, which speaks to nobody until it is released."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backups.archive import BackupError
from backups.restoring import restore
from myproject.progress import Progress


class Command(BaseCommand):
    help = (
        "Replace the database and the media by those of a backup. The site must be stopped. Nothing leaves "
        "the restored site until manage.py release_held says what becomes of what waited."
    )
    requires_system_checks = ()  # the database may be empty

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="also where there is a community already")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        try:
            with Progress(sys.stderr, "Reading files") as progress:
                done = restore(file, force=force, progress=progress)
        except (BackupError, OSError) as error:
            raise CommandError(f"{error}") from error
        self.stdout.write(f"Restored the backup of {done.made_at}, with {done.files} files.")
        if done.keys:
            self.stdout.write(f"Its keys are back as well: {', '.join(done.keys)}.")
        if done.aside:
            self.stdout.write(
                f"The files that were here before lie in {done.aside}; delete them when you like."
            )
        self.stdout.write(
            "No mail, push, text message or webhook leaves until you say so:\n"
            "  manage.py release_held --dry-run   says what waits\n"
            "  manage.py release_held             sends it after all\n"
            "  manage.py release_held --discard   lets it go, and sends only what is new"
        )
