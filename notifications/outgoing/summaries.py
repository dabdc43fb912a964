"""Several deliveries that leave as one mail: who joins it, what it takes, and what becomes of the rest.

A summary is a Delivery that owns others, and the mail lane sends it as it sends any. A delivery joins one
in the transaction that makes it `held`, and ends in the transaction that records the hand-over: at any
moment it is in one summary, or goes alone. The summary's row is locked first and its members after it.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from ..crash_points import reach
from ..kinds import Kind
from ..models import Delivery, Notification, QuietHours
from ..models.delivery import Cadence, DeliveryQuerySet
from ..sql import among
from ..steering.quiet import Window, window_at
from ..transactions import dispatching
from .recheck import Checked, check_all


class MembersChangedError(Exception):
    """What was to be told is not as it was; nothing was written."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a summary would tell, and why it leaves out the rest."""

    told: list[Checked]
    reasons: dict[int, Delivery.Reason]  # of every member, by its id; QUIET for those that are told


def quiet_for(kind: Kind, user: Any, now: datetime) -> Window | None:
    """The quiet hours that a mail of this kind has to wait for."""
    hours = getattr(user, "quiet_hours", None)
    if hours and hours.urgent_gets_through and kind.priority == Notification.Priority.NEEDS_YOU:
        return None
    return window_of(user, now)


def window_of(user: Any, now: datetime) -> Window | None:
    hours: QuietHours | None = getattr(user, "quiet_hours", None)
    return window_at(now, hours, ZoneInfo(user.time_zone)) if hours else None


def hold(delivery: Delivery, window: Window) -> None:
    """Keep it for the summary at the end of `window`. One that has perhaps been sent waits by itself."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING)
    with dispatching():
        if delivery.handovers:
            waiting.update(due_at=window.end)
            return
        summary = _open_summary(delivery, window)
        reach("before a mail is held")
        waiting.update(state=Delivery.State.HELD, summary_id=summary.pk)
        reach("before the hold is committed")


def postpone(summary: Delivery, window: Window) -> None:
    """It is still quiet, or again."""
    with dispatching():
        Delivery.objects.filter(pk=summary.pk, state=Delivery.State.PENDING).update(due_at=window.end)


def gather(summary: Delivery) -> Gathered:
    """Ask of each member what is asked of a mail of its own."""
    members = list(Delivery.objects.members(summary).order_by("pk"))
    checked = check_all(members) if members else {}
    told = [one for one in checked.values() if isinstance(one, Checked)]
    return Gathered(
        told,
        {pk: Delivery.Reason.QUIET if isinstance(one, Checked) else one for pk, one in checked.items()},
    )


def take(summary: Delivery, gathered: Gathered) -> None:
    """End every member, in the transaction that begins the hand-over; the summary's row is locked.

    Raises MembersChangedError where something that the mail tells of was withdrawn since it was written.
    """
    members = Delivery.objects.members(summary)
    by_reason: dict[Delivery.Reason, list[int]] = defaultdict(list)
    for pk, reason in gathered.reasons.items():
        by_reason[reason].append(pk)
    for reason, ids in by_reason.items():
        ended = members.filter(pk__in=among(ids)).update(
            state=Delivery.State.SKIPPED, reason=reason, ended_at=timezone.now()
        )
        if reason == Delivery.Reason.QUIET and ended < len(ids):
            raise MembersChangedError
    # Whoever came while the mail was written is not in it, and goes alone.
    release(members.filter(state=Delivery.State.HELD))
    reach("before the members are taken")


def end_empty(summary: Delivery, gathered: Gathered) -> None:
    """Nothing is left to tell: no mail."""
    with dispatching():
        if _end(summary, Delivery.Reason.EMPTY):
            take(summary, gathered)


def break_up(summary: Delivery) -> None:
    """It cannot be written: its members go alone, so that one bad row stops itself only."""
    with dispatching():
        if _end(summary, Delivery.Reason.ERROR) and not summary.handovers:
            release(Delivery.objects.members(summary))


def release(members: QuerySet[Delivery]) -> int:
    """Each goes alone, and at once."""
    return members.update(
        state=Delivery.State.PENDING, reason="", ended_at=None, summary_id=None, due_at=timezone.now()
    )


def waiting_for(user: Any) -> DeliveryQuerySet:
    """The summaries of this person's quiet hours that are not on their way yet."""
    return Delivery.objects.filter(
        recipient=user, cadence=Cadence.QUIET, state=Delivery.State.PENDING, window_start__isnull=False
    )


def _open_summary(delivery: Delivery, window: Window) -> Delivery:
    """The one that waits, else a new one. One that has perhaps been sent must not say more than it did."""
    waiting = waiting_for(delivery.recipient_id).by(delivery.channel).filter(handovers=0).order_by("pk")
    if connection.features.has_select_for_update:
        waiting = waiting.select_for_update()
    if summary := waiting.first():
        return summary
    mine = Q(recipient_id=delivery.recipient_id, channel=delivery.channel, cadence=Cadence.QUIET)
    # Quiet hours that were ended early and taken up again have been summed up as far as then.
    again = Delivery.objects.filter(mine, window_start=window.start).exists()
    summary, _created = Delivery.objects.get_or_create(
        recipient_id=delivery.recipient_id,
        channel=delivery.channel,
        cadence=Cadence.QUIET,
        window_start=timezone.now() if again else window.start,
        defaults={"due_at": window.end, "group_key": Cadence.QUIET},
    )
    return summary


def _end(summary: Delivery, reason: Delivery.Reason) -> bool:
    """False where another lane was first."""
    return bool(
        Delivery.objects.filter(pk=summary.pk, state=Delivery.State.PENDING).update(
            state=Delivery.State.SKIPPED, reason=reason, ended_at=timezone.now()
        )
    )
