"""What counts, for how much and how often; badges, and days in a row. Pure functions: no queries, no clock.

Everything is judged by acts as they stand now, in the order in which they happened, so that undoing one
leaves what would be there without it. Days of the caps are those of UTC: whoever moves to another zone
loses no point. Days in a row are those of the person's own clock, as it was when each act was counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Cause(TextChoices):
    POST = "post", _("a post")
    COMMENT = "comment", _("an answer to somebody")
    WELCOME = "welcome", _("an answer to somebody new")
    THANKS = "thanks", _("thanks from a neighbour")


WORTH = {Cause.POST: 2, Cause.COMMENT: 1, Cause.WELCOME: 2, Cause.THANKS: 1}
A_DAY_AT_MOST = {Cause.POST: 3, Cause.COMMENT: 10, Cause.WELCOME: 3, Cause.THANKS: 20}
OF_ONE_A_DAY_AT_MOST = 3  # thanks from the same neighbour: two who press for each other get nowhere
NEW_FOR = timedelta(days=14)  # as long after somebody came, an answer to them is a welcome
ONE_S_OWN = frozenset({Cause.POST, Cause.COMMENT})  # what one does oneself: it makes the days in a row
UNBROKEN_FOR = timedelta(hours=23)  # no day of any zone is shorter, so that none was left out


class Act(NamedTuple):
    """Something that happened. The same cause, thing and other counts once."""

    cause: str
    thing_id: int  # the post or comment
    other_id: int  # who thanked; whom somebody welcomed; 0
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """Something that was counted: its moment, and the day that it then was for the person."""

    at: datetime
    date: date


@dataclass(frozen=True, slots=True)
class Streak:
    current: int = 0
    longest: int = 0


def counted(acts: Iterable[Act]) -> list[Act]:
    """Those that bring points, in their order: each fact once, and no more of a day than it may be."""
    kept: list[Act] = []
    facts: set[tuple[object, ...]] = set()
    in_a_day: Counter[tuple[object, ...]] = Counter()
    for act in sorted(acts, key=lambda act: (act.at, act.cause, act.thing_id, act.other_id)):
        fact = _fact(act)
        day = act.at.astimezone(UTC).date()
        of_cause, of_other = (act.cause, day), (act.cause, day, act.other_id)
        if fact in facts or in_a_day[of_cause] >= A_DAY_AT_MOST[Cause(act.cause)]:
            continue
        if act.cause == Cause.THANKS and in_a_day[of_other] >= OF_ONE_A_DAY_AT_MOST:
            continue
        facts.add(fact)
        in_a_day.update({of_cause: 1, of_other: 1})
        kept.append(act)
    return kept


def streak(days: Iterable[Day], today: date, now: datetime) -> Streak:
    """How many days in a row, up to today or yesterday; and the most there ever were."""
    in_order = sorted(days, key=lambda day: day.at)
    if not in_order:
        return Streak()
    longest = run = 1
    for before, after in pairwise(in_order):
        if _follows(before.date, after.date, after.at - before.at):
            run += after.date > before.date
        else:
            run = 1
        longest = max(longest, run)
    last = in_order[-1]
    goes_on = _follows(last.date, today, now - last.at)
    return Streak(current=run if goes_on else 0, longest=longest)


def _follows(before: date, after: date, between: timedelta) -> bool:
    """The same day, or the next; also where a journey or a change of the calendar left a date out."""
    return (after - before).days <= 1 or between < UNBROKEN_FOR


def _fact(act: Act) -> tuple[object, ...]:
    """Somebody is welcomed once by the same person, wherever that was."""
    if act.cause == Cause.WELCOME:
        return act.cause, act.other_id
    return act.cause, act.thing_id, act.other_id


# Badges are earned by what was counted: the act at which the last condition was met is their cause.


@dataclass(frozen=True, slots=True)
class Badge:
    name: str  # stored
    label: "_StrPromise"
    why: "_StrPromise"
    icon: str
    causes: frozenset[Cause]  # acts of other causes neither earn it nor lose it
    earned_at: Callable[[Sequence[Act], Sequence[Day]], datetime | None]


def _nth(cause: Cause, count: int, *, others: int = 0) -> Callable[..., datetime | None]:
    """At the `count`-th of these, from so many different people."""

    def earned_at(acts: Sequence[Act], days: Sequence[Day]) -> datetime | None:
        seen: set[int] = set()
        number = 0
        for act in acts:
            if act.cause != cause:
                continue
            number += 1
            seen.add(act.other_id)
            if number >= count and len(seen) >= others:
                return act.at
        return None

    return earned_at


def _on_days(count: int) -> Callable[..., datetime | None]:
    def earned_at(acts: Sequence[Act], days: Sequence[Day]) -> datetime | None:
        seen: set[date] = set()
        for day in days:
            seen.add(day.date)
            if len(seen) == count:
                return day.at
        return None

    return earned_at


BADGES: dict[str, Badge] = {
    badge.name: badge
    for badge in (
        Badge(
            "first_post",
            _("First words"),
            _("Wrote a first post"),
            "pencil-square",
            frozenset({Cause.POST}),
            _nth(Cause.POST, 1),
        ),
        Badge(
            "good_answers",
            _("Good neighbour"),
            _("Answered others 25 times"),
            "chat-bubble-left-right",
            frozenset({Cause.COMMENT}),
            _nth(Cause.COMMENT, 25),
        ),
        Badge(
            "welcoming",
            _("Welcoming"),
            _("Answered three people who were new here"),
            "user-plus",
            frozenset({Cause.WELCOME}),
            _nth(Cause.WELCOME, 3),
        ),
        Badge(
            "helpful",
            _("Helpful"),
            _("Was thanked 25 times, by five neighbours or more"),
            "like",
            frozenset({Cause.THANKS}),
            _nth(Cause.THANKS, 25, others=5),
        ),
        Badge(
            "regular",
            _("Regular"),
            _("Wrote something on 20 different days"),
            "calendar",
            ONE_S_OWN,
            _on_days(20),
        ),
    )
}


def badges(acts: Sequence[Act], days: Sequence[Day]) -> dict[str, datetime]:
    """Name → when it was earned. `acts` and `days` in the order in which they happened."""
    moments = {name: badge.earned_at(acts, days) for name, badge in BADGES.items()}
    return {name: at for name, at in moments.items() if at is not None}
