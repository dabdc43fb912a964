"""manage.py archive_audit: old rows of the log go to a file that proves itself."""

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.archiving import BrokenError, archive, verify_file


class Command(BaseCommand):
    help = "Move rows of the audit log to a file, and go on from there; or prove such a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a new file; with --verify one that was made by this")
        parser.add_argument("--days", type=int, default=365, help="what is younger stays (365)")
        parser.add_argument("--verify", action="store_true", help="read the file, and change nothing")

    def handle(self, *args: Any, file: Path, days: int, verify: bool, **options: Any) -> None:
        if verify:
            self._verify(file)
            return
        try:
            anchor = archive(file, before=timezone.now() - timedelta(days=days))
        except FileExistsError as error:
            raise CommandError(f"{error.filename} is there already.") from error
        except BrokenError as error:
            raise CommandError(f"Nothing was moved. {error}") from error
        if anchor is None:
            self.stdout.write(f"No row is older than {days} days.")
            return
        self.stdout.write(f"{anchor.rows} rows, up to position {anchor.position}, are in {file} alone now.")
        self.stdout.write(f"SHA-256 {anchor.file_digest}")

    def _verify(self, file: Path) -> None:
        rows, fault = verify_file(file)
        if fault is not None:
            raise CommandError(str(fault))
        self.stdout.write(self.style.SUCCESS(f"{rows} rows are as they were written."))
