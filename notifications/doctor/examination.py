"""All checks, in the order in which they are told. Those that ask somebody else run at once, each in a thread
that is left behind where it takes too long; those of the database only where that answers."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import DatabaseError

from . import broker, bus, clock, database, dkim, dmarc, incoming, site, smtp, spf, work
from .asking import Asking, Options
from .finding import Finding, Level, failure

Look = Callable[[Asking], Iterator[Finding]]
GRACE_SECONDS = 1.0  # for a check to say by itself that its time is over


class Check(NamedTuple):
    name: str
    look: Look
    is_about_sender: bool = False  # asked only where mail leaves this machine
    needs_database: bool = False


CHECKS = [
    Check("site", site.check_address),
    Check("safety", site.check_safety),
    Check("smtp", smtp.check),
    Check("send-to", smtp.check_sending),
    Check("spf", spf.check, is_about_sender=True),
    Check("dkim", dkim.check, is_about_sender=True),
    Check("dmarc", dmarc.check, is_about_sender=True),
    Check("alignment", dmarc.check_alignment, is_about_sender=True),
    Check("incoming", incoming.check),
    Check("mailbox", incoming.check_mailbox),
    Check("push", site.check_push),
    Check("redis", bus.check),
    Check("broker", broker.check),
    Check("clock", clock.check),
    Check("database", database.check_answer),
    Check("database", database.check, needs_database=True),
    Check("workers", broker.check_workers, needs_database=True),
    Check("jobs", work.check_jobs, needs_database=True),
    Check("waiting", work.check_waiting, needs_database=True),
    Check("channels", work.check_channels, needs_database=True),
]


@dataclass(slots=True)
class _Examining:
    """One check under way."""

    check: Check
    asking: Asking
    found: list[Finding] = field(default_factory=list)

    def __call__(self) -> None:
        try:
            for finding in self.check.look(self.asking):
                self.found.append(finding)
        except TimeoutError:
            self.found.append(_too_late(self.asking))
        except DatabaseError as error:
            self.found.append(failure(f"{type(error).__name__}: {error}", "Run `manage.py migrate`."))
        except Exception as error:  # one that fails must not hide what the others say
            self.found.append(failure(f"The check failed: {type(error).__name__}: {error}", "Report this."))


def examine(options: Options) -> Iterator[tuple[Check, Finding]]:
    is_answered = True
    running = {check: _begun(check, options) for check in _wanted() if not check.needs_database}
    for check in _wanted():
        if check in running:
            examining = _ended(*running[check])
            if check.look is database.check_answer:
                is_answered = all(finding.level == Level.OK for finding in examining.found)
        elif is_answered:
            examining = _Examining(check, Asking(options))
            with database.impatient(options.seconds):
                examining()
        else:
            continue
        for finding in examining.found:
            yield check, finding


def _wanted() -> list[Check]:
    return [check for check in CHECKS if smtp.leaves_here() or not check.is_about_sender]


def _begun(check: Check, options: Options) -> tuple[threading.Thread, _Examining]:
    examining = _Examining(check, Asking(options))
    thread = threading.Thread(target=examining, name=f"doctor {check.name}", daemon=True)
    thread.start()
    return thread, examining


def _ended(thread: threading.Thread, examining: _Examining) -> _Examining:
    thread.join(examining.asking.options.seconds + GRACE_SECONDS)
    if not thread.is_alive():
        return examining
    said = [*examining.found, _too_late(examining.asking)]
    return _Examining(examining.check, examining.asking, said)


def _too_late(asking: Asking) -> Finding:
    return failure(
        f"No end after {asking.options.seconds:g} seconds.",
        "Whatever it asks is silent: look for a firewall in between.",
    )
