"""The end of a restored site's silence: what waited leaves after all, or is let go."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from ..happenings import released
from ..models import Delivery, Event, Hold
from ..outbox import pipeline
from ..outgoing import sending
from ..transactions import dispatching
from .schedule import Rest, no_rest

State, Reason = Delivery.State, Delivery.Reason


@dataclass(frozen=True, slots=True)
class Waiting:
    channel: str
    count: int
    oldest: datetime


def look() -> list[Waiting]:
    """What a release would let leave or let go, as far as it is decided by now."""
    hold = Hold.objects.first()
    if hold is None:
        return []
    by_channel = _waited(hold.since).order_by("channel").values_list("channel")
    counted = by_channel.annotate(count=Count("pk"), oldest=Min("created_at"))
    return [Waiting(*row) for row in counted]


def release(*, discards: bool, rest: Rest = no_rest) -> int | None:
    """Answers how many messages leave now or are let go; None where nothing is held.

    To let go is to let go of all that came to be before the restore, also of what nobody had decided about
    yet: that is decided first, and comes to the inbox. What came to be since then leaves in any case.
    What leaves is looked at once more as ever: what is too old by now ends as expired.
    """
    hold = Hold.objects.first()
    if hold is None:
        return None
    while discards and Event.objects.due(timezone.now()).filter(created_at__lt=hold.since).exists():
        if not pipeline.expand_next():
            break
        rest()
    with dispatching():
        count = _discard(hold.since) if discards else _let_leave()
        released.send(sender=Hold, since=hold.since, discards=discards)
        Hold.objects.all().delete()
        transaction.on_commit(sending.wake, robust=True)
    return count


def _let_leave() -> int:
    return _held().update(state=State.PENDING, reason="")


def _discard(since: datetime) -> int:
    waited = _waited(since)
    members = Delivery.objects.filter(state=State.HELD, summary_id__in=waited.values("pk"))
    end = {"state": State.SKIPPED, "reason": Reason.DISCARDED, "ended_at": timezone.now()}
    members.update(**end)
    return waited.update(**end)


def _held() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=State.HELD, reason=Reason.RESTORED)


def _waited(since: datetime) -> QuerySet[Delivery]:
    """Held, or of something that happened before and was decided about after."""
    old = Exists(Event.objects.filter(pk=OuterRef("event_id"), created_at__lt=since))
    return Delivery.objects.filter(
        Q(state=State.HELD, reason=Reason.RESTORED) | Q(Q(created_at__lt=since) | old, state=State.PENDING)
    )
