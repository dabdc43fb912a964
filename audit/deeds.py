"""What somebody did, all of it: the log has its security, the Events the rest, read as one list by time.

A query of each, along an index that has one person's rows in the order of time, and one of the few events
that have not ended yet, which have their place in that index only then; what they bring is merged here. A
list goes on behind the last row that was shown, however far back that is.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import kinds
from notifications.inbox.paging import Place
from notifications.models import Event

from .models import Entry

PAGE = 50
CHUNK = 1_000
_EVENT, _ENTRY = 0, 1  # which comes first, going back, of two at the same microsecond: the greater


@dataclass(frozen=True, slots=True)
class Deeds:
    """Whose, between when, and whether the reader may see Events too."""

    person: int
    since: datetime | None
    until: datetime | None  # not included
    with_events: bool

    def page(self, before: Place | None) -> tuple[list["Deed"], Place | None]:
        """And where the next one begins."""
        sources = (rows[: PAGE + 1] for rows in self._sources(before))
        found = list(islice(_merged(sources), PAGE + 1))
        # The names of those whom it concerns are fetched beside the events: they may be gone.
        prefetch_related_objects([deed.row for deed in found if deed.is_event], "recipient")
        return found[:PAGE], found[PAGE - 1].place if len(found) > PAGE else None

    def all(self, most: int) -> Iterator["Deed"]:
        """Read while they are written."""
        sources = (rows[:most].iterator(chunk_size=CHUNK) for rows in self._sources(None))
        return islice(_merged(sources), most)

    def _sources(self, before: Place | None) -> list[QuerySet[Any]]:
        """What waits is read before what has ended: what ends meanwhile is in both, and never in neither."""
        if not self.with_events:
            return [self._entries(before)]
        return [self._entries(before), self._waiting(before), self._ended(before)]

    def _entries(self, before: Place | None) -> QuerySet[Entry]:
        rows = Entry.objects.filter(self._within("at", before, _ENTRY), actor_id=self.person)
        return rows.order_by("-at", "-pk")

    def _ended(self, before: Place | None) -> QuerySet[Event]:
        return self._events(before).filter(ended_at__isnull=False)

    def _waiting(self, before: Place | None) -> QuerySet[Event]:
        return self._events(before).filter(state=Event.State.PENDING)

    def _events(self, before: Place | None) -> QuerySet[Event]:
        """But for those that tell that, never who: not here either."""
        nameless = [kind.type for kind in kinds.with_mailings() if kind.anonymous]
        rows = Event.objects.filter(self._within("created_at", before, _EVENT), actor_id=self.person)
        return rows.exclude(kind__in=nameless).order_by("-created_at", "-pk")

    def _within(self, column: str, before: Place | None, source: int) -> Q:
        range_ = Q()
        if self.since:
            range_ &= Q((f"{column}__gte", self.since))
        if self.until:
            range_ &= Q((f"{column}__lt", self.until))
        if before is None:
            return range_
        range_ &= Q((f"{column}__lte", before.at))
        if source < before.source:
            return range_
        older = Q((f"{column}__lt", before.at))
        return range_ & (older if source > before.source else older | Q(pk__lt=before.pk))


@dataclass(frozen=True, slots=True)
class Deed:
    """A row of either, as the page and the file show it."""

    row: Entry | Event

    @property
    def place(self) -> Place:
        if isinstance(self.row, Entry):
            return Place(self.row.at, _ENTRY, self.row.pk)
        return Place(self.row.created_at, _EVENT, self.row.pk)

    @property
    def is_event(self) -> bool:
        return isinstance(self.row, Event)

    @property
    def words(self) -> str:
        if isinstance(self.row, Entry):
            return self.row.words
        kind = kinds.get(self.row.kind)
        return str(kind.label) if kind else self.row.kind

    @property
    def what(self) -> str:
        """The kind and number of a thing, and its name where the log kept it: Events keep none."""
        if isinstance(self.row, Event):
            return f"{self.row.target_type} {self.row.target_id}"
        label = _("forgotten") if self.row.target_label is None else self.row.target_label
        return " ".join(filter(None, (self.row.target_type, self.row.target_id, label)))

    @property
    def outcome(self) -> str:
        return self.row.get_outcome_display() if isinstance(self.row, Entry) else self.row.get_state_display()

    @property
    def url(self) -> str:
        page = "notifications_event_explain" if self.is_event else "audit_entry_change"
        return reverse(f"admin:{page}", args=[self.row.pk])


def _merged(sources: Iterable[Iterable[Entry | Event]]) -> Iterator[Deed]:
    """Each once."""
    deeds = heapq.merge(*(map(Deed, rows) for rows in sources), key=lambda deed: deed.place, reverse=True)
    return (next(same) for _place, same in groupby(deeds, key=lambda deed: deed.place))
