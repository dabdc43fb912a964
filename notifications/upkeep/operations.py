"""What an operator may do to facts and messages by hand: try again, or let go.

Nothing that is in hand at that moment is touched, and keys stay as they are: a fact is still told once.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ..models import Delivery, Event, Notification
from ..outgoing import sending
from ..service import NotificationService
from ..transactions import acting

REPEATS = (Delivery.State.SENT, Delivery.State.UNCERTAIN)  # trying again may send one mail once more


@dataclass(frozen=True, slots=True)
class Done:
    changed: int
    left: int  # as they were: in hand, undone, or already where they should be


def requeue_events(events: QuerySet[Event]) -> Done:
    """Decide again, from the start and with fresh counters.

    Left alone is what was undone, stopped or is over, and what is in somebody's inbox. An audience begins
    anew: whoever was told is not told twice.
    """
    now = timezone.now()
    with acting():
        changed = _requeueable(events).update(
            state=Event.State.PENDING, outcome="", mail="", run_at=now, ended_at=None, cursor=0,
            attempts=0, crashes=0, last_error="", notification_id=None,
        )  # fmt: skip
        NotificationService.wake()
    return Done(changed, events.count() - changed)


def discard_events(events: QuerySet[Event]) -> Done:
    """Nobody more is told: what waits or has failed ends as discarded, with the mails that wait on it."""
    ids = list(events.values_list("pk", flat=True))
    now = timezone.now()
    with acting():
        open_events = Event.objects.filter(pk__in=ids, state__in=(Event.State.PENDING, Event.State.DEAD))
        changed = open_events.update(state=Event.State.DONE, outcome=Event.Outcome.DISCARDED, ended_at=now)
        discard_deliveries(Delivery.objects.unsent().filter(event_id__in=ids))
    return Done(changed, len(ids) - changed)


def requeue_deliveries(deliveries: QuerySet[Delivery]) -> Done:
    """Send now, with fresh counters and the same Message-ID; the last look before sending stays."""
    ids = list(deliveries.values_list("pk", flat=True))
    with acting():
        changed = (
            Delivery.objects.filter(pk__in=ids)
            .exclude(state=Delivery.State.SENDING)
            .update(
                state=Delivery.State.PENDING, reason="", due_at=timezone.now(), ended_at=None,
                lease_until=None, worker="", attempts=0, handovers=0, last_error="", summary_id=None,
            )
        )  # fmt: skip
        NotificationService.wake()
        transaction.on_commit(sending.wake, robust=True)
    return Done(changed, len(ids) - changed)


def discard_deliveries(deliveries: QuerySet[Delivery]) -> Done:
    """What waits or was given up is not sent any more; of a summary, nor what it kept."""
    ids = list(deliveries.values_list("pk", flat=True))
    end = {
        "state": Delivery.State.SKIPPED,
        "reason": Delivery.Reason.DISCARDED,
        "ended_at": timezone.now(),
    }
    stoppable = (Delivery.State.PENDING, Delivery.State.HELD, Delivery.State.DEAD)
    with acting():
        changed = Delivery.objects.filter(pk__in=ids, state__in=stoppable).update(**end)
        Delivery.objects.filter(summary_id__in=ids, state=Delivery.State.HELD).update(**end)
    return Done(changed, len(ids) - changed)


def may_repeat(deliveries: QuerySet[Delivery]) -> int:
    """How many of these somebody has, or perhaps has, received already."""
    return deliveries.filter(state__in=REPEATS).count()


def _requeueable(events: QuerySet[Event]) -> QuerySet[Event]:
    told = Exists(Notification.objects.filter(Q(pk=OuterRef("notification_id")) | Q(event_id=OuterRef("pk"))))
    one_person = Q(recipient__isnull=False)
    over = (Event.Outcome.STOPPED, Event.Outcome.EXPIRED)
    ids = list(events.filter(~one_person | ~told).exclude(outcome__in=over).values_list("pk", flat=True))
    return Event.objects.filter(
        pk__in=ids, state__in=(Event.State.DONE, Event.State.DEAD, Event.State.PENDING)
    )
