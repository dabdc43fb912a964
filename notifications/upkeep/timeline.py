"""All that became of one event, in the order of time: for an operator, page by page.

Each page asks each table for as many moments as it shows, whatever the number of people that were told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from ..inbox.paging import Place
from ..models import Attempt, Bounce, Delivery, Event
from .explain import rows_of

PAGE = 50
COUNTED = 1000  # rows and deliveries, at the most: counting all of a large audience reads all of it


@dataclass(frozen=True, slots=True)
class Moment:
    place: Place
    what: str  # the name of its source: what happened to `of`
    of: Any

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True, slots=True)
class Timeline:
    moments: list[Moment]
    next: Place | None  # the last one shown, where more follow


class _Source(NamedTuple):
    what: str
    rows: QuerySet[Any]
    at: str


def timeline_of(
    event: Event, *, person: Any = None, address: str = "", after: Place | None = None
) -> Timeline:
    """`person` or `address`: only what became of it for them, with what befell the event itself."""
    found = list(_of_the_event(event, after))
    for number, source in enumerate(_sources(event, person, address), start=2):
        rows = _after(source, number, after).order_by(source.at, "pk")[: PAGE + 1]
        found += [Moment(Place(getattr(row, source.at), number, row.pk), source.what, row) for row in rows]
    found.sort(key=lambda moment: moment.place)
    moments = found[:PAGE]
    return Timeline(moments, moments[-1].place if len(found) > PAGE else None)


def counts_of(event: Event) -> tuple[int, int]:
    """Of rows and of deliveries, each up to COUNTED and one more."""
    deliveries = Delivery.objects.filter(event_id=event.pk)
    return rows_of(event)[: COUNTED + 1].count(), deliveries[: COUNTED + 1].count()


def _of_the_event(event: Event, after: Place | None) -> Iterator[Moment]:
    for number, (what, at) in enumerate((("written", event.created_at), ("decided", event.ended_at))):
        if at is not None and (after is None or Place(at, number, event.pk) > after):
            yield Moment(Place(at, number, event.pk), what, event)


def _sources(event: Event, person: Any, address: str) -> Iterator[_Source]:
    rows = rows_of(event)
    deliveries = Delivery.objects.filter(event_id=event.pk)
    if person is not None:
        rows = rows.filter(recipient=person)
        deliveries = deliveries.filter(Q(recipient=person) | Q(recipient=None, address=person.email.lower()))
    elif address:
        rows, deliveries = rows.none(), deliveries.filter(address=address.lower())
    told = rows.prefetch_related("recipient")
    sent = deliveries.prefetch_related("recipient")
    joined = deliveries.filter(summary_id__isnull=False).values("summary_id")
    summaries = Delivery.objects.filter(pk__in=joined)
    yield _Source("told", told, "created_at")
    yield _Source("read", told, "read_at")
    yield _Source("done", told, "done_at")
    yield _Source("deleted", told, "deleted_at")
    yield _Source("made", sent, "created_at")
    yield _Source("tried", _tries(deliveries), "started_at")
    yield _Source("ended", sent, "ended_at")
    yield _Source("tried", _tries(summaries), "started_at")
    yield _Source("summed_up", summaries.prefetch_related("recipient"), "ended_at")
    for mails in (deliveries, summaries):
        yield _Source("bounced", Bounce.objects.filter(delivery_id__in=mails.values("pk")), "received_at")
    yield _Source("by_hand", _deeds(Event, Event.objects.filter(pk=event.pk)), "action_time")
    for mails in (deliveries, summaries):
        yield _Source("by_hand", _deeds(Delivery, mails), "action_time")


def _tries(deliveries: QuerySet[Delivery]) -> QuerySet[Attempt]:
    tries = Attempt.objects.filter(delivery_id__in=deliveries.values("pk"))
    return tries.prefetch_related("delivery__recipient")


def _deeds(model: type[Event | Delivery], rows: QuerySet[Any]) -> QuerySet[LogEntry]:
    of = ContentType.objects.get_for_model(model).pk
    ids = rows.values_list(Cast("pk", CharField()))
    return LogEntry.objects.filter(content_type_id=of, object_id__in=ids).select_related("user")


def _after(source: _Source, number: int, after: Place | None) -> QuerySet[Any]:
    rows = source.rows.filter(**{f"{source.at}__isnull": False})
    if after is None:
        return rows
    later = Q(**{f"{source.at}__gt": after.at})
    if number > after.source:
        later |= Q(**{source.at: after.at})
    elif number == after.source:
        later |= Q(**{source.at: after.at}, pk__gt=after.pk)
    return rows.filter(later)
