"""manage.py release_held: what a restored site held back leaves now, or is let go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from notifications.upkeep import releasing


class Command(BaseCommand):
    help = (
        "After a restore nothing leaves until this is run: no mail, push, text message, newsletter or "
        "webhook. Sends what waited when the backup was made, or with --discard lets it go; what came to "
        "be since the restore leaves in any case."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--discard", action="store_true", help="do not send what waited then")
        choice.add_argument("--dry-run", action="store_true", help="say what is held, and change nothing")

    def handle(self, *args: Any, discard: bool, dry_run: bool, **options: Any) -> None:
        held = releasing.look()
        for one in held:
            self.stdout.write(f"{one.count:>7}  {one.channel}, the oldest of {one.oldest:%Y-%m-%d %H:%M} UTC")
        if dry_run:
            self.stdout.write("Nothing was changed.")
            return
        count = releasing.release(discards=discard)
        if count is None:
            self.stdout.write("Nothing is held: this site was not restored, or was released already.")
        elif discard:
            self.stdout.write(f"{count} messages were let go. What is new leaves now.")
        else:
            self.stdout.write(f"{count} messages leave now, and what came since.")
