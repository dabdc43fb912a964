"""Who came in and who was refused, day by day, counted from the log itself."""

import ipaddress
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate

from . import actions
from .actions import DONE, REFUSED
from .models import Entry

DAYS = 30
ADDRESSES = 1_000  # the worst of them are sorted into blocks
BLOCKS = 20


@dataclass(slots=True)
class Day:
    date: date
    done: int = 0
    people: int = 0
    elsewhere: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    days: list[Day]  # the latest first, those on which something happened
    blocks: list[tuple[str, int]]


def figures(now: datetime) -> Figures:
    """In three queries, whatever the number of rows."""
    since = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    lately = Entry.objects.filter(at__gte=since).order_by()
    of_signing_in = lately.filter(action=actions.SIGN_IN.name)
    days: dict[date, Day] = {}
    counted = of_signing_in.values_list(TruncDate("at", tzinfo=UTC), "outcome", "reason").annotate(
        rows=Count("pk"), people=Count("actor_id", distinct=True)
    )
    for on, outcome, reason, rows, people in counted:
        day = days.setdefault(on, Day(on))
        if outcome == DONE:
            day.done, day.people = day.done + rows, day.people + people
        else:
            day.refused += rows
            day.reasons[reason] = rows
    changed = lately.filter(action=actions.CLIENT_CHANGED.name)
    for on, rows in changed.values_list(TruncDate("at", tzinfo=UTC)).annotate(rows=Count("pk")):
        days.setdefault(on, Day(on)).elsewhere = rows
    refused = of_signing_in.filter(outcome=REFUSED).exclude(address=None).exclude(address="")
    worst = refused.values_list("address").annotate(rows=Count("pk")).order_by("-rows")[:ADDRESSES]
    blocks: Counter[str] = Counter()
    for address, rows in worst:
        blocks[_block(address)] += rows
    return Figures(sorted(days.values(), key=lambda day: day.date, reverse=True), blocks.most_common(BLOCKS))


def _block(address: str) -> str:
    """What one household or machine has at once: a /24, or a /64 of the longer ones."""
    version = ipaddress.ip_address(address).version
    return str(ipaddress.ip_network(f"{address}/{24 if version == 4 else 64}", strict=False))
