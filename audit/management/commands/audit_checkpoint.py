"""manage.py audit_checkpoint: a line that says where the log stands, to be kept elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import checkpoints
from audit.sealing import seal


class Command(BaseCommand):
    help = "Seal what waits, and print a signed line to keep elsewhere, for `verify_audit --checkpoint LINE`."

    def handle(self, *args: Any, **options: Any) -> None:
        seal()
        checkpoint = checkpoints.latest()
        if checkpoint is None:
            raise CommandError("Nothing is in the log.")
        self.stdout.write(str(checkpoint))
