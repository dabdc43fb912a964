"""What would have reached somebody last week: real events, decided anew by what they choose now.

Writes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from .. import kinds
from ..kinds import Fact, Kind
from ..models import (
    Event,
    Notification,
    Preset,
    QuietHours,
)
from ..models.event import UNWANTED
from ..outgoing.recheck import fact_of
from ..sql import among
from ..things import PLACE, Thing, things
from .choices import choices_about
from .preferences import Choice, Choices, decide
from .quiet import Window, window_at
from .quieting import quiet_hours_of

WEEK = timedelta(days=7)
MOST = 2000  # events looked at; of a louder week the latest
PLACES = 5  # named; the others are "elsewhere"


@dataclass(slots=True)
class Tally:
    in_app: int = 0
    mails: int = 0  # at once
    held: int = 0  # for the end of quiet hours, or the summary that was chosen

    def __bool__(self) -> bool:
        return bool(self.in_app or self.mails or self.held)


@dataclass(slots=True)
class Counted:
    total: Tally = field(default_factory=Tally)
    by_kind: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_place: dict[int | None, Tally] = field(default_factory=lambda: defaultdict(Tally))
    nights: set[datetime] = field(default_factory=set)  # quiet hours at whose end there was something to tell


@dataclass(frozen=True, slots=True)
class Preview:
    now: Counted
    kinds: list[tuple[Kind, Tally]]
    places: list[tuple[Thing | None, Tally]]  # None: elsewhere
    presets: list[tuple[Preset, Tally]]  # as if that were chosen, with nothing in its way
    is_capped: bool


class Week:
    """The facts, with what is the same whatever is chosen."""

    def __init__(
        self,
        facts: Iterable[Fact],
        choices: Mapping[int, Choices],
        hours: QuietHours,
        zone: ZoneInfo,
        rows: Mapping[int, int | None],
    ) -> None:
        """`rows`: event → the row of the inbox that it made or was folded into, where it is known."""
        self._facts = sorted(facts, key=lambda fact: (fact.created_at, fact.id))
        self._rows = rows
        self._choices = choices
        self._windows: dict[int, Window | None] = (
            {fact.id: window_at(fact.created_at, hours, zone) for fact in self._facts} if hours.is_on else {}
        )
        self._urgent_waits = not hours.urgent_gets_through

    def count(self, preset: Preset | None = None) -> Counted:
        """By what is chosen; or, with `preset`, as if that had just been chosen."""
        counted = Counted()
        items: set[int | str] = set()
        mailed: dict[str, datetime] = {}  # group key → until when others of it only fold
        for fact in self._facts:
            kind, chosen = kinds.type_names[fact.kind], self._choices[fact.id]
            if preset is not None and kind.steered:
                chosen = replace(chosen, preset=preset, kind=None, category=_switched_on(chosen))
            decision = decide(kind, chosen, watched=fact.watched)
            tallies = (counted.total, counted.by_kind[fact.kind], counted.by_place[fact.place_id])
            item = self._rows.get(fact.id) or fact.group_key  # what folds is one
            if decision.in_app and item not in items:
                items.add(item)
                for tally in tallies:
                    tally.in_app += 1
            if decision.mail not in (Event.Mail.QUEUED, Event.Mail.SUMMARY):
                continue
            if kind.mail_gap and fact.created_at < mailed.get(fact.group_key, fact.created_at):
                continue
            if kind.mail_gap:
                mailed[fact.group_key] = fact.created_at + kind.mail_gap
            window = self._window(fact, kind)
            if window is not None:
                counted.nights.add(window.start)
            waits = window is not None or decision.mail == Event.Mail.SUMMARY
            for tally in tallies:
                tally.held += waits
                tally.mails += not waits
        return counted

    def _window(self, fact: Fact, kind: Kind) -> Window | None:
        if kind.priority == Notification.Priority.NEEDS_YOU and not self._urgent_waits:
            return None
        return self._windows.get(fact.id)


def preview(user: Any, now: datetime | None = None) -> Preview:
    """A fixed number of queries, whatever happened."""
    events = _events(user, (now or timezone.now()) - WEEK)
    facts = [fact_of(event, user.pk) for event in events]
    choices = choices_about(facts) if facts else {}
    rows = {event.pk: event.notification_id for event in events}
    week = Week(facts, choices, quiet_hours_of(user), ZoneInfo(user.time_zone), rows)
    counted = week.count()
    return Preview(
        now=counted,
        kinds=[(kinds.type_names[name], tally) for name, tally in _loudest(counted.by_kind) if tally],
        places=_named(user, counted.by_place),
        presets=[(preset, week.count(preset).total) for preset in Preset],
        is_capped=len(events) >= MOST,
    )


def _events(user: Any, since: datetime) -> Sequence[Event]:
    """By way of the inbox, which is indexed by person; and what made no row there because of a choice."""
    mine = Notification.objects.of(user).filter(created_at__gte=since).newest_first()
    rows = [*mine.shown()[:MOST], *mine.filter(done_at__isnull=False)[:MOST]]
    lately = Event.objects.filter(state=Event.State.DONE, created_at__gte=since).order_by("-created_at")
    found = [
        *lately.filter(notification_id__in=among(row.pk for row in rows))[:MOST],
        *lately.filter(pk__in=among(row.event_id for row in rows), recipient=None)[:MOST],
        *Event.objects.filter(recipient=user, outcome__in=UNWANTED, created_at__gte=since)[:MOST],
    ]
    for kind in kinds.all_kinds():
        concerned = kind.concerning(user, since)
        if concerned is not None:
            found += lately.filter(pk__in=concerned.values("pk"))[:MOST]
    known = {event.pk: event for event in found if event.kind in kinds.type_names}
    return sorted(known.values(), key=lambda event: event.created_at, reverse=True)[:MOST]


def _switched_on(chosen: Choices) -> Choice | None:
    """A preset begins with no category switched off; how often there is mail is another question."""
    return chosen.category._replace(in_app=True, email=True, push=True) if chosen.category else None


def _loudest(tallies: Mapping[Any, Tally]) -> list[tuple[Any, Tally]]:
    return sorted(tallies.items(), key=lambda one: (one[1].in_app, one[1].mails + one[1].held), reverse=True)


def _named(user: Any, tallies: Mapping[int | None, Tally]) -> list[tuple[Thing | None, Tally]]:
    """The loudest few that this person may see, and the rest together."""
    names = things(user, PLACE, [place_id for place_id in tallies if place_id is not None])
    loudest = [(names.get(place_id or 0), tally) for place_id, tally in _loudest(tallies) if tally]
    named = [(thing, tally) for thing, tally in loudest if thing is not None][:PLACES]
    rest = Tally()
    for _place_id, tally in loudest:
        rest.in_app += tally.in_app
        rest.mails += tally.mails
        rest.held += tally.held
    for _thing, tally in named:
        rest.in_app -= tally.in_app
        rest.mails -= tally.mails
        rest.held -= tally.held
    return [*named, (None, rest)] if rest and named else list(named)
