"""What has expired goes: sessions, and counts of attempts. Tokens go with the daily pruning.

A batch a transaction, the oldest first, so that nobody waits; and there is nothing to remember between turns:
what is left is what is still there. Other apps whose rows expire add them by `register`.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import JobRun
from notifications.transactions import dispatching
from notifications.upkeep.schedule import Job, Rest

from .access.browsers import ended_long_ago
from .models import Attempts, PhoneCode

BATCH = 500
TURN_SECONDS = 2.0
Expired = Callable[[datetime], QuerySet[Any]]

_expired: dict[str, Expired] = {
    "sessions": lambda now: Session.objects.filter(expire_date__lt=now).order_by("expire_date"),
    "browsers": lambda now: ended_long_ago(),
    "attempts": lambda now: Attempts.objects.filter(expires_at__lt=now),
    "codes": lambda now: PhoneCode.objects.filter(expires_at__lt=now),
}


def register(word: str, expired: Expired) -> None:
    """Rows that may go when their time has come; in an order that has an index, or in none."""
    _expired[word] = expired


def take_a_turn(run: JobRun, rest: Rest) -> bool:
    """Go on for a moment; True where more is left."""
    now, until = timezone.now(), time.monotonic() + TURN_SECONDS
    for word, expired in _expired.items():
        while found := list(expired(now).values_list("pk", flat=True)[:BATCH]):
            with dispatching():
                # Asked again: a session that is used meanwhile lives on. Past the signals, by which streams
                # learn of sessions that end: they have long known of these.
                going = expired(now).order_by().filter(pk__in=found)
                gone = int(going._raw_delete(going.db))
            run.counts[word] = run.counts.get(word, 0) + gone
            rest()
            if time.monotonic() >= until:
                return True
    return False


JOB = Job(
    "expired",
    _("removes sessions and counts that have expired"),
    every=timedelta(hours=1),
    offset=timedelta(minutes=20),
    work=take_a_turn,
)
