"""manage.py explain_notification EVENT PERSON: why something did, or did not, reach somebody."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.models import Event
from notifications.upkeep.explain import find_person, reach
from notifications.upkeep.telling import sentences

BIGGEST_ID = 2**63 - 1


class Command(BaseCommand):
    help = "Tell which rule let an event reach a person, or stopped it, channel by channel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", type=int, help="the number of the event, as the administration shows it")
        parser.add_argument("person", help="username or email address")

    def handle(self, *args: Any, **options: Any) -> None:
        known = 0 < options["event"] <= BIGGEST_ID
        event = Event.objects.filter(pk=options["event"]).first() if known else None
        if event is None:
            raise CommandError(f"There is no event {options['event']}.")
        person = find_person(options["person"])
        if person is None:
            raise CommandError(f"Nobody here has the username or address {options['person']!r}.")
        self.stdout.write(f"Event {event.pk}, {event.kind}, for {person}:")
        told = ""
        for about, text in sentences(event, reach(event, person)):
            if about != told:
                self.stdout.write(f"\n{about.label}")
                told = about
            self.stdout.write(f"  {text}")
