"""manage.py doctor: whether this site is set up so that mail arrives and nothing stands still."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from notifications.doctor.asking import CHECK_SECONDS, Options, split_address
from notifications.doctor.examination import examine
from notifications.doctor.finding import Level, presentable, secrets_of_this_site


class Command(BaseCommand):
    help = (
        "Look at the mail server, the sender's DNS records, incoming mail, the database, clocks, jobs and "
        "settings, and tell what is wrong and what to do. Changes nothing, and sends no mail unless told to. "
        "Ends with 1 on a failure."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--send-to", default="", metavar="ADDRESS", help="send one test mail to this address"
        )
        parser.add_argument("--dkim-selector", default=settings.DKIM_SELECTOR, metavar="NAME")
        parser.add_argument("--resolver", default="", metavar="ADDRESS[:PORT]", help="ask this name server")
        parser.add_argument(
            "--ntp", default=Options().ntp, metavar="HOST[:PORT]", help="compare clocks with this"
        )
        parser.add_argument("--seconds", type=float, default=CHECK_SECONDS, help="that a check may take")
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Options(
            **{name: options[name] for name in ("resolver", "dkim_selector", "ntp", "send_to", "seconds")}
        )
        _refuse_nonsense(chosen)
        secrets = secrets_of_this_site()
        findings = []
        for check, (level, seen, advice) in examine(chosen):
            findings.append(
                {
                    "check": check.name,
                    "level": level.value,
                    "seen": presentable(seen, secrets),
                    "advice": advice,
                }
            )
            if not options["json"]:
                self._tell(findings[-1])
        failures = sum(finding["level"] == Level.FAILURE.value for finding in findings)
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": not failures, "findings": findings}, indent=2, ensure_ascii=False)
            )
        if failures:
            raise CommandError(f"{failures} failures.")
        if not options["json"]:
            self.stdout.write(self.style.SUCCESS("Nothing is broken."))

    def _tell(self, finding: dict[str, str]) -> None:
        styles = {"ok": self.style.SUCCESS, "warning": self.style.WARNING, "failure": self.style.ERROR}
        level = finding["level"]
        self.stdout.write(f"{styles[level](f'{level:<8}')} {finding['check']:<10} {finding['seen']}")
        if finding["advice"]:
            self.stdout.write(f"{'':<20}→ {finding['advice']}")


def _refuse_nonsense(options: Options) -> None:
    try:
        if options.resolver:
            split_address(options.resolver)
        if options.send_to:
            validate_email(options.send_to)
    except Exception as error:
        raise CommandError("--resolver takes an IP address, --send-to a mail address.") from error
