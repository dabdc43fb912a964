"""manage.py receive_mail: one message on standard input, as a mail server pipes it to a program."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from notifications.incoming.letter import SIZE_MAX
from notifications.incoming.receiving import receive


class Command(BaseCommand):
    help = (
        "Take one message from standard input. Ends with 0 when it is taken, 75 when it is to be tried again,"
        " 65, 67 or 77 when it is refused, and says why."
    )
    requires_system_checks = []  # what is wrong with the site is no fault of the message

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("addresses", nargs="*", help="whom it is for; else as its headers say")
        parser.add_argument("--sender", help="the envelope's sender, empty for mail that may not be answered")

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(SIZE_MAX + 1)
        while sys.stdin.buffer.read(SIZE_MAX):
            pass  # whoever pipes it waits until all of it is read
        verdict = receive(raw, addresses=options["addresses"], sender=options["sender"])
        self.stdout.write(verdict.words)
        sys.exit(verdict.code)
