"""Erasing somebody whose two weeks are over, a batch a transaction.

There is nothing to remember between turns: each step asks what is left of its kind, so that whoever goes on
after a kill begins at the first and finds it done. The person's own row goes last, and with it the wish.
"""

import time
from copy import copy
from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.forgetting import forget
from community.search_index import SEARCHED, merge
from notifications.models import JobRun
from notifications.transactions import dispatching
from notifications.upkeep.schedule import Job, Rest

from .belongings import STEPS
from .models import Departure

TURN_SECONDS = 2.0
SESSIONS = 500  # looked into at once


def take_a_turn(run: JobRun, rest: Rest) -> bool:
    """True where more is left."""
    until = time.monotonic() + TURN_SECONDS
    with dispatching():  # whom the staff let in again stays
        Departure.objects.filter(user__is_active=True).delete()
    while departure := Departure.objects.due(timezone.now()).select_related("user").first():
        if not erase(departure, rest, until):
            return True
        run.counts["people"] = run.counts.get("people", 0) + 1
    return False


def erase(departure: Departure, rest: Rest, until: float | None = None) -> bool:
    """False where time was up before all was done."""
    for step in STEPS:
        while True:
            with dispatching():
                count = step(departure)
            if not count:
                break
            rest()
            if until is not None and time.monotonic() >= until:
                return False
    _end_sessions(departure.user, rest)
    _empty_the_index(rest)
    with dispatching():
        person = copy(departure.user)  # the number of a deleted one is taken from it
        departure.user.delete()
        forget(person)
    return True


def _empty_the_index(rest: Rest) -> None:
    for table in SEARCHED:
        begins = True
        while True:
            with dispatching():
                is_more = merge(connection, table, begins=begins)
            begins = False
            rest()
            if not is_more:
                break


def _end_sessions(user: User, rest: Rest) -> None:
    """They are good for nothing since the account is not active, but may still be there."""
    place = ""
    while sessions := list(Session.objects.filter(pk__gt=place).order_by("pk")[:SESSIONS]):
        place = sessions[-1].pk
        theirs = [each.pk for each in sessions if each.get_decoded().get(SESSION_KEY) == str(user.pk)]
        with dispatching():
            Session.objects.filter(pk__in=theirs).delete()
        rest()


JOB = Job(
    "erasure",
    _("erases the accounts of those who left two weeks ago"),
    every=timedelta(minutes=5),
    work=take_a_turn,
)
