"""Several deliveries that leave as one mail: what it tells, what it takes, and what becomes of the rest.

A summary is a Delivery that owns others, and the mail lane sends it as it sends any. A delivery joins one
in the transaction that makes it `held` (`joining.py`), and ends in the transaction that records the
hand-over: at any moment it is in one summary, or goes alone. The summary's row is locked first and its
members after it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from ..crash_points import reach
from ..kinds import Kind
from ..models import Delivery, Notification, QuietHours
from ..models.delivery import TOLD, Cadence
from ..sql import among
from ..steering.quiet import Window, window_at
from ..transactions import dispatching
from .recheck import Checked, check_all

# Left of a summary that could not be written, or put back to work by hand.
ALONE = (Delivery.Reason.ERROR, Delivery.Reason.BY_HAND)


class MembersChangedError(Exception):
    """What was to be told is not as it was; nothing was written."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a summary would tell, and what becomes of the rest. Both by the ids of the members."""

    members: dict[int, Checked]  # that it tells of
    ended: dict[int, Delivery.Reason] = field(default_factory=dict)
    moved: list[int] = field(default_factory=list)  # that their person wants in another summary by now
    joined: frozenset[int] = frozenset()  # the summaries that had become one with it

    @property
    def told(self) -> list[Checked]:
        return list(self.members.values())


def quiet_for(kind: Kind, user: Any, now: datetime) -> Window | None:
    """The quiet hours that a mail of this kind has to wait for."""
    hours = getattr(user, "quiet_hours", None)
    if hours and hours.urgent_gets_through and kind.priority == Notification.Priority.NEEDS_YOU:
        return None
    return window_of(user, now)


def window_of(user: Any, now: datetime) -> Window | None:
    hours: QuietHours | None = getattr(user, "quiet_hours", None)
    return window_at(now, hours, ZoneInfo(user.time_zone)) if hours else None


def gather(summary: Delivery) -> Gathered:
    """Ask of each member what is asked of a mail of its own."""
    joined = _joined_to(summary)  # before the members: whoever joins after it is found missing
    members = list(Delivery.objects.members(summary).order_by("pk"))
    is_chosen = Cadence(summary.cadence).is_chosen
    checked = check_all(members, as_of=summary.window_start if is_chosen else None) if members else {}
    gathered = Gathered({}, joined=joined)
    for pk, one in checked.items():
        if not isinstance(one, Checked):
            gathered.ended[pk] = one
        elif one.for_summary and not is_chosen:
            gathered.moved.append(pk)
        else:
            gathered.members[pk] = one
    return gathered


def take(summary: Delivery, gathered: Gathered) -> None:
    """End every member, in the transaction that begins the hand-over; the summary's row is locked.

    Raises MembersChangedError where something that the mail tells of was withdrawn since it was written,
    or another summary became one with it.
    """
    if _joined_to(summary) != gathered.joined:
        raise MembersChangedError
    members = Delivery.objects.members(summary)
    told = members.filter(pk__in=among(gathered.members))
    told.exclude(reason__in=TOLD).update(reason=summary.told_as)
    ends: dict[str, Any] = {"state": Delivery.State.SKIPPED, "ended_at": timezone.now()}
    # Each keeps the reason that it waited for: not all waited for the summary that tells of it.
    if told.update(**ends) < len(gathered.members):
        raise MembersChangedError
    by_reason: dict[Delivery.Reason, list[int]] = defaultdict(list)
    for pk, reason in gathered.ended.items():
        by_reason[reason].append(pk)
    for reason, ids in by_reason.items():
        members.filter(pk__in=among(ids)).update(reason=reason, **ends)
    release(members.filter(pk__in=among(gathered.moved)), Delivery.Reason.SUMMARY)
    # Whoever came while the mail was written is not in it: it goes alone, or waits for the next.
    is_chosen = Cadence(summary.cadence).is_chosen
    release(members.filter(state=Delivery.State.HELD), Delivery.Reason.SUMMARY if is_chosen else "")
    reach("before the members are taken")


def _joined_to(summary: Delivery) -> frozenset[int]:
    return frozenset(Delivery.objects.joined_to(summary).values_list("pk", flat=True))


def end_empty(summary: Delivery, gathered: Gathered) -> None:
    """Nothing is left to tell: no mail."""
    with dispatching():
        if end(summary, Delivery.Reason.EMPTY):
            take(summary, gathered)


def break_up(summary: Delivery) -> None:
    """It cannot be written: its members go alone, so that one bad row stops itself only."""
    with dispatching():
        if end(summary, Delivery.Reason.ERROR) and not summary.handovers:
            release(Delivery.objects.members(summary), Delivery.Reason.ERROR)


def waiting_for(user_id: int, *cadences: Cadence) -> QuerySet[Delivery]:
    """A person's summaries of these cadences that are not on their way yet."""
    return Delivery.objects.filter(
        recipient=user_id, cadence__in=cadences, state=Delivery.State.PENDING, window_start__isnull=False
    )


def may_join(delivery: Delivery) -> bool:
    """Not a mailing, what has perhaps been sent, or what leaves by itself for a reason of its own."""
    return not delivery.address and not delivery.handovers and delivery.reason not in ALONE


def release(members: QuerySet[Delivery], reason: str = "") -> int:
    """Each goes alone, and at once; or joins, at once, the summary that `reason` says it waits for."""
    return members.update(
        state=Delivery.State.PENDING, reason=reason, ended_at=None, summary_id=None, due_at=timezone.now()
    )


def end(summary: Delivery, reason: Delivery.Reason) -> bool:
    """False where another lane was first."""
    return bool(
        Delivery.objects.filter(pk=summary.pk, state=Delivery.State.PENDING).update(
            state=Delivery.State.SKIPPED, reason=reason, ended_at=timezone.now()
        )
    )
