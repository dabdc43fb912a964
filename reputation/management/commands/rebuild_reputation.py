"""manage.py rebuild_reputation: everybody's points and badges, from what the community's tables say."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from myproject.progress import Progress
from reputation.reconciling import difference, reconcile


class Command(BaseCommand):
    help = (
        "Bring points and badges in line with what people did, telling nobody of it. Says what was wrong; "
        "with --check it changes nothing, and exits 1 where anything is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only look")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        wrong: list[str] = []
        people = User.objects.order_by("pk")
        total = people.count()
        with Progress(sys.stderr, "Counting") as progress:
            for done, person in enumerate(people.iterator()):
                found = difference(person) if check else reconcile(person, silently=True)
                if found:
                    wrong.append(f"{person.username}: {found}")
                progress(done, total)
        for line in wrong:
            self.stdout.write(line)
        if check and wrong:
            raise CommandError(f"{len(wrong)} people's reputation is not what they did.")
        self.stdout.write(self.style.SUCCESS(f"{len(wrong)} put right." if wrong else "All is right."))
