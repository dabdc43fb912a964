"""manage.py prune_notifications: what the dispatcher does by itself once a day, at once."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from myproject.progress import Progress
from notifications.upkeep import pruning
from notifications.upkeep.retention import Why


class Command(BaseCommand):
    help = "Remove what is not kept any more, and say how much of it for which reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say it, and remove nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        with Progress(sys.stderr, "Looking" if dry_run else "Pruning") as progress:
            counts = (pruning.look if dry_run else pruning.prune)(progress=progress)
        for why in Why:
            self.stdout.write(f"{counts.get(why, 0):>7}  {why.label}")
        self.stdout.write("Nothing was removed." if dry_run else f"{sum(counts.values())} rows were removed.")
