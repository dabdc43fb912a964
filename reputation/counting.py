"""What is new brought into the ledger by itself, without looking at all that a person ever did.

The ledger says how much of a day counted already, so an act needs the entries of its day alone. Where those
do not settle it (it is older than what was counted in its stead, or the person was never counted), all of
the person is compared, as each night (reconciling.py). Either way leads to the same rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import F

from accounts.models import User
from notifications.sql import among
from notifications.transactions import dispatching

from . import rules
from .models import Award, Entry, Standing
from .reconciling import award, entries_of, reconcile
from .rules import WORTH, Act, Cause, counted

A_DAY = timedelta(days=1)
DAYS = 3  # that the acts of one time may lie apart


def unknown(acts: Iterable[tuple[int, Act]]) -> dict[int, list[Act]]:
    """Those that are not in the ledger, by whose they are. In one query."""
    acts = list(acts)
    things = among({act.thing_id for _person, act in acts})
    known = set(
        Entry.objects.open()
        .filter(cause__in={act.cause for _person, act in acts}, thing_id__in=things)
        .values_list("cause", "thing_id", "other_id")
    )
    news: dict[int, list[Act]] = defaultdict(list)
    for person, act in acts:
        if act[:3] not in known:
            news[person].append(act)
    return news


def count(person: User, acts: Sequence[Act]) -> bool:
    """Whether anything changed."""
    with dispatching():
        standing = Standing.objects.select_for_update().filter(pk=person.pk).first()
        found = _that_count(person, acts) if standing else None
        if found:
            _write(person, found)
    return bool(reconcile(person)) if found is None else bool(found)


def _that_count(person: User, acts: Sequence[Act]) -> list[Act] | None:
    """None where more must be looked at to know."""
    first, last = min(act.at for act in acts), max(act.at for act in acts)
    if last - first > DAYS * A_DAY:
        return None
    theirs = Entry.objects.open().of(person)
    causes = {act.cause for act in acts}
    of_days = theirs.filter(cause__in=causes, happened_at__range=(_day(first), _day(last) + A_DAY))
    known = set(map(_act, of_days))
    if welcomed := {act.other_id for act in acts if act.cause == Cause.WELCOME}:
        known |= set(map(_act, theirs.filter(cause=Cause.WELCOME, other_id__in=welcomed)))
    facts = {act[:3] for act in known}
    should = counted([*known, *(act for act in acts if act[:3] not in facts)])
    return [act for act in should if act not in known] if known <= set(should) else None


def _write(person: User, acts: Sequence[Act]) -> None:
    Entry.objects.bulk_create(entries_of(person, acts))
    points = sum(WORTH[Cause(act.cause)] for act in acts)
    Standing.objects.filter(pk=person.pk).update(total=F("total") + points)
    award(person, _earned(person, {Cause(act.cause) for act in acts}))


def _earned(person: User, causes: Collection[Cause]) -> dict[str, datetime]:
    """Badges that acts of these causes may have brought. Mostly they are there, and nothing is asked."""
    has = set(Award.objects.filter(person=person).values_list("badge", flat=True))
    open_to = [
        badge for badge in rules.BADGES.values() if badge.name not in has and badge.causes & set(causes)
    ]
    if not open_to:
        return {}
    asked = frozenset[Cause]().union(*(badge.causes for badge in open_to))
    entries = Entry.objects.open().of(person).filter(cause__in=asked)
    rows = list(entries.order_by("happened_at", "cause", "thing_id", "other_id"))
    days = [rules.Day(row.happened_at, row.local_date) for row in rows if row.cause in rules.ONE_S_OWN]
    acts = [_act(row) for row in rows]
    moments = {badge.name: badge.earned_at(acts, days) for badge in open_to}
    return {name: at for name, at in moments.items() if at is not None}


def _act(entry: Entry) -> Act:
    return Act(entry.cause, entry.thing_id, entry.other_id, entry.happened_at)


def _day(at: datetime) -> datetime:
    """When it begins, by the days of the limits."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
