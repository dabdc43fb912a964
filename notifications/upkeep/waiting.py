"""What waits at this moment, counted as far as it matters: a queue of millions is not gone through."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .. import channels
from ..channels.base import Channel
from ..models import Delivery, Event

COUNTED = 100_000  # of each queue, at the most
TROUBLED = (Delivery.State.DEAD, Delivery.State.FAILED, Delivery.State.UNCERTAIN)
INBOX = "in_app"  # the lane of what comes to the inbox, beside the names of the channels


@dataclass(frozen=True, slots=True)
class Queue:
    """One lane's. `waiting` is COUNTED where there are that many or more."""

    lane: str
    label: str | Promise
    waiting: int
    overdue_seconds: float  # of what is due longest; 0 where nothing is
    sending: int = 0
    held: int = 0

    @property
    def overdue(self) -> timedelta:
        return timedelta(seconds=round(self.overdue_seconds))

    @property
    def is_more(self) -> bool:
        return self.waiting >= COUNTED


def queues(now: datetime) -> list[Queue]:
    """Of the inbox, and of each channel that this site is set up for."""
    events = Event.objects.filter(state=Event.State.PENDING)
    first = events.order_by("run_at").values_list("run_at", flat=True).first()
    found = [Queue(INBOX, _("In the app"), _count(events), _late(first, now))]
    for channel in channels.in_use():
        mine = Delivery.objects.by(channel.name)
        pending = mine.filter(state=Delivery.State.PENDING)
        found.append(
            Queue(
                channel.name,
                channel.label,
                _count(pending),
                max(_late(due, now) for due in _first_due(channel, now)),
                sending=_count(mine.filter(state=Delivery.State.SENDING)),
                held=_count(mine.filter(state=Delivery.State.HELD)),
            )
        )
    return found


def troubled() -> Counter[str]:
    """State → how many deliveries ended in it, of those that somebody may want to look at."""
    return Counter({state.value: _count(Delivery.objects.filter(state=state)) for state in TROUBLED})


def dead_events() -> int:
    return _count(Event.objects.filter(state=Event.State.DEAD))


def _count(rows: QuerySet[Delivery] | QuerySet[Event]) -> int:
    return rows.order_by()[:COUNTED].count()


def _first_due(channel: type[Channel], now: datetime) -> list[datetime | None]:
    """Of what is urgent and of what is not, each the first of an index."""
    due = channel.due(now).order_by("due_at").values_list("due_at", flat=True)
    return [due.filter(is_urgent=is_urgent).first() for is_urgent in (True, False)]


def _late(due: datetime | None, now: datetime) -> float:
    return max(0.0, (now - due).total_seconds()) if due else 0.0
