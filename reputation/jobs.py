"""Each minute: who did something since the last time, who took something back, and a few whose turn it is."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.models import JobRun
from notifications.sql import among
from notifications.transactions import dispatching
from notifications.upkeep.schedule import Job, Rest, no_rest

from .models import Standing
from .reconciling import reconcile
from .sources import people_with_less, people_with_news

LOOKS_BACK = timedelta(minutes=15)  # longer than any transaction, and than a process is away after a restart
NEWEST_ENTRIES = 2_000  # what is taken back was mostly done not long ago
IN_TURN = 20  # people a minute, whose last look is the longest ago: they find whatever the others miss


def keep_up(*, rest: Rest = no_rest, now: datetime | None = None) -> int:
    """How many people's standing changed."""
    now = now or timezone.now()
    changed = 0
    for person in User.objects.filter(pk__in=among(_due(now))).order_by("pk"):
        changed += bool(reconcile(person))
        rest()
    return changed


def _due(now: datetime) -> set[int]:
    in_turn = _in_turn(now)
    return people_with_news(now - LOOKS_BACK, now) | people_with_less(NEWEST_ENTRIES) | in_turn


def _in_turn(now: datetime) -> set[int]:
    """Those who have no standing yet, and those who were looked at the longest ago; noted as looked at."""
    known = Standing.objects.values("person_id")
    new = list(User.objects.exclude(pk__in=known).order_by("pk").values_list("pk", flat=True)[:IN_TURN])
    oldest = list(Standing.objects.order_by("checked_at").values_list("pk", flat=True)[:IN_TURN])
    with dispatching():
        Standing.objects.bulk_create(
            [Standing(person_id=pk, checked_at=now) for pk in new], ignore_conflicts=True
        )
        Standing.objects.filter(pk__in=oldest).update(checked_at=now)
    return {*new, *oldest}


def take_a_turn(run: JobRun, rest: Rest) -> bool:
    if changed := keep_up(rest=rest):
        run.counts["standings"] = changed
    return False


KEEP = Job(
    "reputation",
    _("counts points and badges by what people did"),
    every=timedelta(minutes=1),
    work=take_a_turn,
)
