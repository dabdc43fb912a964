"""manage.py prune_notifications: for a nightly timer."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from myproject.progress import Progress
from notifications import retention


class Command(BaseCommand):
    help = (
        "Remove what is not needed any more: rows that their owner deleted an hour ago, ended events and "
        f"deliveries after {retention.KEPT.days} days, expired API tokens."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for what, prune in (
            ("deleted rows of the inbox", retention.prune_deleted_rows),
            ("events", retention.prune_events),
            ("deliveries", retention.prune_deliveries),
            ("expired API tokens", retention.prune_tokens),
        ):
            with Progress(sys.stderr, what.capitalize()) as progress:
                count = prune(progress=progress)
            self.stdout.write(f"{count:>7}  {what} removed")
