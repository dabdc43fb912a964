"""manage.py backup DIR|FILE: everything that a site is, in one file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backups import recording
from backups.archive import BackupError
from backups.making import make
from myproject.progress import Progress


class Command(BaseCommand):
    help = (
        "Write the database, the media and the keys of this site into one file, while it serves. For a "
        "database of PostgreSQL its own programs must be installed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "place", type=Path, metavar="DIR|FILE", help="where to; a folder names it by the time"
        )

    def handle(self, *args: Any, place: Path, **options: Any) -> None:
        try:
            with recording.recorded() as counts, Progress(sys.stderr, "Copying files") as progress:
                made = make(place.absolute(), progress=progress)
                counts.update(files=made.files, bytes=made.size)
        except (BackupError, OSError) as error:
            raise CommandError(f"{error}") from error
        self.stdout.write(f"{made.path}: the database and {made.files} files, {made.size / 1e6:.1f} MB.")
