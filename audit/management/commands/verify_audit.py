"""manage.py verify_audit: is the log what was written?"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import checkpoints
from audit.sealing import seal
from audit.verifying import verify
from myproject.progress import Progress


class Command(BaseCommand):
    help = "Read the whole audit log; name the first row that was changed, lost, put in or moved, and exit 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--checkpoint",
            default="",
            help="a line of audit_checkpoint that was kept: nothing up to it is missing",
        )

    def handle(self, *args: Any, checkpoint: str, **options: Any) -> None:
        try:
            given = checkpoints.parse(checkpoint) if checkpoint else checkpoints.kept()
        except ValueError as error:
            raise CommandError(str(error)) from error
        seal()
        with Progress(sys.stderr, "Reading") as progress:
            verdict = verify(checkpoint=given, progress=progress)
        if verdict.fault is not None:
            raise CommandError(f"{verdict.fault} ({verdict.sealed} rows before it are as they were written.)")
        against = f", through the checkpoint at {given.position}" if given else ""
        self.stdout.write(
            self.style.SUCCESS(
                f"{verdict.sealed} rows are as they were written, to {verdict.end.position}{against}."
            )
        )
