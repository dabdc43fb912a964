"""What came through in the last hour, day or week, by way and outcome: read from the tallies alone."""

import operator
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .. import channels
from ..models import Delivery, Event, Tally
from .tallying import BOUNDS, start_of
from .waiting import INBOX, TROUBLED

NOTHING = [0] * len(BOUNDS)
GOOD = {Event.State.DONE.value, Delivery.State.SENT.value}
BAD = {state.value for state in TROUBLED}  # of events as well, whose only one of these is dead


@dataclass(frozen=True, slots=True)
class Span:
    name: str
    label: Promise
    each: Promise
    minutes: int  # of each step
    steps: int


SPANS = (
    Span("hour", _("Last hour"), _("a minute"), 1, 60),
    Span("day", _("Last day"), _("a quarter of an hour"), 15, 96),
    Span("week", _("Last week"), _("an hour"), 60, 168),
)


class Line(NamedTuple):
    """What is read of a tally: a week has thousands, and a model of each takes longer than the query."""

    lane: str
    of: str
    state: str
    start: datetime
    rows: int
    seconds: float
    spread: Any


COLUMNS = ("lane", "of", "state", "start", "count", "seconds", "spread")  # of a Line


@dataclass
class Step:
    """One minute, quarter of an hour or hour."""

    start: datetime
    good: int = 0
    left: int = 0  # not told or sent, as it should be
    bad: int = 0
    spread: list[int] = field(default_factory=NOTHING.copy)
    waiting: int = 0
    late_seconds: float = 0

    @cached_property
    def half(self) -> float | None:
        """Seconds in which half of what is good was there."""
        return quantile(self.spread, self.good, 0.5)

    @cached_property
    def most(self) -> float | None:
        return quantile(self.spread, self.good, 0.95)

    @property
    def is_quiet(self) -> bool:
        return not (self.good or self.left or self.bad or self.waiting)


@dataclass
class Lane:
    """The inbox, or one channel."""

    name: str
    label: str | Promise
    steps: list[Step]
    states: Counter[str] = field(default_factory=Counter)

    @property
    def ended(self) -> list[tuple[str | Promise, int]]:
        """How they ended, with how many did; the most first."""
        names = Event.State if self.name == INBOX else Delivery.State
        labels = dict(names.choices)
        return [(labels.get(state, state), count) for state, count in self.states.most_common()]

    @cached_property
    def half(self) -> float | None:
        return quantile(self._spread, self._good, 0.5)

    @cached_property
    def most(self) -> float | None:
        return quantile(self._spread, self._good, 0.95)

    @cached_property
    def _good(self) -> int:
        return sum(step.good for step in self.steps)

    @cached_property
    def _spread(self) -> list[int]:
        return [sum(each) for each in zip(*(step.spread for step in self.steps), strict=True)]


def read(span: Span, now: datetime) -> list[Lane]:
    """In one query: the inbox, the channels in use, and any other that something came through."""
    step = timedelta(minutes=span.minutes)
    first = start_of(now, span.minutes) - (span.steps - 1) * step
    rows = Tally.objects.filter(minutes=span.minutes, start__gte=first, start__lte=now)
    by_lane: dict[str, list[Line]] = defaultdict(list)
    for row in rows.exclude(of=Tally.Of.ATTEMPT).values_list(*COLUMNS):
        line = Line._make(row)
        by_lane[line.lane].append(line)
    labels: dict[str, str | Promise] = {INBOX: _("In the app")}
    labels |= {channel.name: channel.label for channel in channels.in_use()}
    labels |= {name: name for name in by_lane if name not in labels}
    starts = [first + number * step for number in range(span.steps)]
    return [_lane(name, label, starts, by_lane[name]) for name, label in labels.items()]


def _lane(name: str, label: str | Promise, starts: Sequence[datetime], lines: list[Line]) -> Lane:
    lane = Lane(name, label, [Step(start) for start in starts])
    steps = {step.start: step for step in lane.steps}
    for line in lines:
        step = steps[line.start]
        if line.of == Tally.Of.QUEUE:
            step.waiting, step.late_seconds = line.rows, line.seconds
            continue
        lane.states[line.state] += line.rows
        if line.state in GOOD:
            step.good += line.rows
            step.spread = list(map(operator.add, step.spread, line.spread or NOTHING))
        elif line.state in BAD:
            step.bad += line.rows
        else:
            step.left += line.rows
    return lane


def quantile(spread: Sequence[int], count: int, part: float) -> float | None:
    """Between the two bounds that it lies between, as if those were evenly spread; None of nothing."""
    if not count:
        return None
    wanted, below, bound_below = count * part, 0, 0.0
    for bound, upto in zip(BOUNDS, spread, strict=True):
        if upto >= wanted:
            return bound_below + (bound - bound_below) * (wanted - below) / (upto - below)
        below, bound_below = upto, bound
    return float(BOUNDS[-1])
