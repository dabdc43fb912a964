"""Summaries of one person that are due at the same time leave as one.

Those that the person chose, and the one at the end of quiet hours. One of them takes what the others kept,
in one transaction, and they end; it has to be gathered after that, and a lane that had gathered it before
finds so when it begins the hand-over.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from ..crash_points import reach
from ..models import Delivery
from ..models.delivery import SUMMED_UP, Cadence
from ..sql import among
from ..transactions import dispatching
from . import summaries
from .joining import chosen_window

# Of summaries: also what they took at a hand-over that led to nothing, and who had joined them by then.
KEPT = Delivery.objects.filter(Q(state=Delivery.State.HELD) | SUMMED_UP)
MEETING = [cadence for cadence in Cadence if cadence.is_chosen or cadence == Cadence.QUIET]


def meet(summary: Delivery, recipient: Any, now: datetime) -> bool:
    """Whether others were there. It is not quiet for the recipient."""
    rows = summaries.waiting_for(recipient.pk, *MEETING).filter(channel=summary.channel)
    rows = rows.filter(Exists(KEPT.filter(summary_id=OuterRef("pk"))))
    # One that has perhaps been sent must not say more than it did.
    rows = rows.filter(handovers=0).exclude(reason__in=summaries.ALONE)
    if summary.cadence not in MEETING or not rows.exclude(pk=summary.pk).exists():
        return False
    with dispatching():
        due = [row for row in rows.order_by("pk").select_for_update() if _is_due(row, recipient, now)]
        chosen = [row for row in due if Cadence(row.cadence).is_chosen]
        if len(due) < 2 or not chosen or all(row.pk != summary.pk for row in due):
            return False
        # The one that reaches back the farthest: nothing is too late for it that another would have told.
        taker = min(chosen, key=lambda row: (row.window_start, row.pk))
        others = [row.pk for row in due if row.pk != taker.pk]
        KEPT.filter(summary_id__in=among(others)).update(summary_id=taker.pk)
        reach("before summaries are one")
        Delivery.objects.filter(pk__in=others).update(
            state=Delivery.State.SKIPPED, reason=taker.told_as, ended_at=now, summary_id=taker.pk
        )
        return True


def _is_due(summary: Delivery, recipient: Any, now: datetime) -> bool:
    """Also where it was to leave a moment later, because its domain takes no more or a try failed."""
    if summary.due_at <= now or summary.cadence == Cadence.QUIET or summary.window_start is None:
        return True
    return chosen_window(recipient, Cadence(summary.cadence), summary.window_start).end <= now
