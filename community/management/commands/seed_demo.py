"""manage.py seed_demo: fill the site with the demo community."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community.demo import load
from myproject.progress import Progress


class Command(BaseCommand):
    help = "Fills the site with the demo community. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if load.is_loaded():
            self.stdout.write("The demo community is here already; nothing was changed.")
            return
        try:
            with Progress(sys.stderr, "Loading the demo community") as progress:
                loaded = load.load(progress)
        except load.NameTakenError as error:
            taken = f"Others have usernames of the demo community: {error}. Nothing was made."
            raise CommandError(taken) from error
        self.stdout.write(
            f"Made the demo community: {loaded.people} people, {loaded.groups} groups, {loaded.posts} posts "
            f"and {loaded.comments} comments. Sign in as ana, ben, chloe or {load.ADMIN}; "
            f"the password is {load.PASSWORD}."
        )
