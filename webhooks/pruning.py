"""Ended calls are kept for a month."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import JobRun
from notifications.transactions import dispatching
from notifications.upkeep.schedule import Job, Rest

from .models import Call

KEPT = timedelta(days=30)
BATCH, BATCHES = 500, 20  # of a turn


def take_a_turn(run: JobRun, rest: Rest) -> bool:
    """True where more is left."""
    old = Call.objects.filter(ended_at__lt=timezone.now() - KEPT).order_by("pk").values_list("pk", flat=True)
    for _batch in range(BATCHES):
        ids = list(old[:BATCH])
        with dispatching():
            Call.objects.filter(pk__in=ids).delete()
        run.counts["calls"] = run.counts.get("calls", 0) + len(ids)
        if len(ids) < BATCH:
            return False
        rest()
    return True


JOB = Job(
    "webhooks",
    _("removes calls of webhooks that ended 30 days ago"),
    every=timedelta(days=1),
    offset=timedelta(hours=3, minutes=30),
    work=take_a_turn,
)
