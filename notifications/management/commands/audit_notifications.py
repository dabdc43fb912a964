"""manage.py audit_notifications: every promise of the engine, checked on this database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.upkeep.audit import audit


class Command(BaseCommand):
    help = "Count the rows that break a promise of the notification engine; exit 1 if there are any."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for check, count in audit():
            line = f"{count:>7}  {check.promise}"
            self.stdout.write(self.style.ERROR(line) if count else line)
            broken += count
        if broken:
            raise CommandError(f"{broken} rows break a promise.")
        self.stdout.write(self.style.SUCCESS("All promises hold."))
