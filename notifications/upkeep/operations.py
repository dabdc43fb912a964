"""What an operator may do to facts and messages by hand: try again, or let go.

Nothing that is in hand at that moment is touched, and keys stay as they are: a fact is still told once.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ..models import Delivery, Event, Notification
from ..outgoing import sending
from ..service import NotificationService
from ..sql import among
from ..transactions import acting
from .waiting import TROUBLED

REPEATS = (Delivery.State.SENT, Delivery.State.UNCERTAIN)  # trying again may send one mail once more


@dataclass(frozen=True, slots=True)
class Done:
    changed: int
    left: int  # as they were: in hand, undone, or already where they should be
    ids: list[int] = field(default_factory=list, compare=False)  # of those that changed


def requeue_events(events: QuerySet[Event], asked_at: datetime | None = None) -> Done:
    """Decide again, from the start and with fresh counters.

    Left alone is what was undone, stopped or is over, and what is in somebody's inbox. An audience begins
    anew: whoever was told is not told twice. So is what has ended since `asked_at`.
    """
    now = timezone.now()
    asked = list(events.values_list("pk", flat=True))
    with acting():
        ids = _locked(_requeueable(events).filter(_ended_by(asked_at or now)))
        Event.objects.filter(pk__in=among(ids)).update(
            state=Event.State.PENDING, outcome="", mail="", run_at=now, ended_at=None, cursor=0,
            attempts=0, crashes=0, last_error="", notification_id=None,
        )  # fmt: skip
        NotificationService.wake()
    return _done(ids, asked)


def discard_events(events: QuerySet[Event], asked_at: datetime | None = None) -> Done:
    """Nobody more is told: what waits or has failed ends as discarded, with the mails that wait on it."""
    asked = list(events.values_list("pk", flat=True))
    now = timezone.now()
    open_states = (Event.State.PENDING, Event.State.DEAD)
    with acting():
        ids = _locked(
            Event.objects.filter(_ended_by(asked_at or now), pk__in=among(asked), state__in=open_states)
        )
        Event.objects.filter(pk__in=among(ids)).update(
            state=Event.State.DONE, outcome=Event.Outcome.DISCARDED, ended_at=now
        )
        discard_deliveries(Delivery.objects.unsent().filter(event_id__in=among(asked)))
    return _done(ids, asked)


def requeue_deliveries(deliveries: QuerySet[Delivery], asked_at: datetime | None = None) -> Done:
    """Send now, with fresh counters and the same Message-ID; the last look before sending stays.

    Each by itself: none joins a summary, whatever its person chose. Left alone is what waits for that
    already, and what has ended since `asked_at`: whoever says it a second time sends nothing twice.
    """
    asked = list(deliveries.values_list("pk", flat=True))
    now = timezone.now()
    on_its_way = Q(state=Delivery.State.SENDING) | Q(
        state=Delivery.State.PENDING, reason=Delivery.Reason.BY_HAND, due_at__lte=now
    )
    with acting():
        ids = _locked(Delivery.objects.filter(~on_its_way, _ended_by(asked_at or now), pk__in=among(asked)))
        Delivery.objects.filter(pk__in=among(ids)).update(
            state=Delivery.State.PENDING, reason=Delivery.Reason.BY_HAND, due_at=now, ended_at=None,
            lease_until=None, worker="", attempts=0, handovers=0, last_error="", summary_id=None,
        )  # fmt: skip
        NotificationService.wake()
        transaction.on_commit(sending.wake, robust=True)
    return _done(ids, asked)


def discard_deliveries(deliveries: QuerySet[Delivery], asked_at: datetime | None = None) -> Done:
    """What waits is not sent any more, of a summary nor what it kept; what ended badly needs nobody any more.

    Its attempts stay: they tell that it was perhaps sent.
    """
    asked = list(deliveries.values_list("pk", flat=True))
    now = timezone.now()
    end = {"state": Delivery.State.SKIPPED, "reason": Delivery.Reason.DISCARDED, "ended_at": now}
    stoppable = (Delivery.State.PENDING, Delivery.State.HELD, *TROUBLED)
    with acting():
        ids = _locked(
            Delivery.objects.filter(_ended_by(asked_at or now), pk__in=among(asked), state__in=stoppable)
        )
        Delivery.objects.filter(pk__in=among(ids)).update(**end)
        Delivery.objects.filter(summary_id__in=among(asked), state=Delivery.State.HELD).update(**end)
    return _done(ids, asked)


def may_repeat(deliveries: QuerySet[Delivery]) -> int:
    """How many of these somebody has, or perhaps has, received already."""
    return deliveries.filter(state__in=REPEATS).count()


def _ended_by(moment: datetime) -> Q:
    """As it was when somebody was asked: still open, or ended by then."""
    return Q(ended_at=None) | Q(ended_at__lte=moment)


def _locked(rows: QuerySet[Any]) -> list[int]:
    """Always in one order: two who do it at once wait for each other, and each row is of one of them."""
    rows = rows.order_by("pk").select_for_update(no_key=True)
    return list(rows.values_list("pk", flat=True))


def _done(ids: list[int], asked: list[int]) -> Done:
    return Done(len(ids), len(asked) - len(ids), ids)


def _requeueable(events: QuerySet[Event]) -> QuerySet[Event]:
    told = Exists(Notification.objects.filter(Q(pk=OuterRef("notification_id")) | Q(event_id=OuterRef("pk"))))
    one_person = Q(recipient__isnull=False)
    over = (Event.Outcome.STOPPED, Event.Outcome.EXPIRED)
    ids = list(events.filter(~one_person | ~told).exclude(outcome__in=over).values_list("pk", flat=True))
    return Event.objects.filter(
        pk__in=ids, state__in=(Event.State.DONE, Event.State.DEAD, Event.State.PENDING)
    )
