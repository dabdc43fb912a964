"""The ledger brought in line with the community, for one person at a time.

What should count is worked out from the community's own tables, compared with what does, and the difference
is written: entries, reversals, the total, badges and what tells of them, in one transaction. So it does not
matter how often this is done, by whom, or where a process died: once more finds nothing to do.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from notifications.models import Event
from notifications.service import NotificationService
from notifications.sql import among
from notifications.transactions import dispatching

from .kinds import EARNED
from .models import Award, Entry, Standing
from .rules import ONE_S_OWN, WORTH, Act, Cause, Day, badges, counted
from .sources import acts_of

NEWS_FOR = timedelta(days=2)  # a badge that was earned before, by a rule that is new, is no news


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to change for a person; `total` is what the kept one should be."""

    missing: Sequence[Act]
    wrong: Sequence[Entry]
    total: int
    kept: int
    earned: dict[str, datetime]
    lost: Collection[str]

    def __bool__(self) -> bool:
        return bool(self.missing or self.wrong or self.earned or self.lost or self.total != self.kept)

    def __str__(self) -> str:
        badges = [*(f"+{name}" for name in self.earned), *(f"-{name}" for name in sorted(self.lost))]
        counts = f"{len(self.missing)} entries missing, {len(self.wrong)} to be taken back"
        return ", ".join([f"{self.kept} points, should be {self.total}", counts, *badges])


def reconcile(person: User, *, silently: bool = False) -> Difference:
    """Answers what was wrong. Looked at without a lock first: mostly there is nothing to write."""
    found = difference(person)
    if found:
        with dispatching():
            standing = _locked(person)
            found = difference(person)
            if found:
                _write(person, standing, found, silently=silently)
    return found


def difference(person: User) -> Difference:
    should = {_key(act): act for act in counted(acts_of(person))}
    entries = {_key(entry): entry for entry in Entry.objects.open().of(person)}
    # What is worth more or less by now is taken back, and counted again.
    right = {key for key, entry in entries.items() if key in should and entry.points == _worth(should[key])}
    missing = [act for key, act in should.items() if key not in right]
    wrong = [entry for key, entry in entries.items() if key not in right]
    acts = list(should.values())
    zone = ZoneInfo(person.time_zone)
    days = [
        Day(act.at, known.local_date if (known := entries.get(_key(act))) else act.at.astimezone(zone).date())
        for act in acts
        if act.cause in ONE_S_OWN
    ]
    has = set(Award.objects.filter(person=person).values_list("badge", flat=True))
    deserved = badges(acts, days)
    return Difference(
        missing=missing,
        wrong=wrong,
        total=sum(map(_worth, acts)),
        kept=Standing.objects.filter(pk=person.pk).values_list("total", flat=True).first() or 0,
        earned={name: at for name, at in deserved.items() if name not in has},
        lost=has - set(deserved),
    )


def _locked(person: User) -> Standing:
    Standing.objects.bulk_create([Standing(person=person)], ignore_conflicts=True)
    return Standing.objects.select_for_update().get(pk=person.pk)


def _write(person: User, standing: Standing, found: Difference, *, silently: bool) -> None:
    entries = [*map(_reversal, found.wrong), *entries_of(person, found.missing)]
    Entry.objects.bulk_create(entries, batch_size=500)
    total = Entry.objects.of(person).aggregate(sum=Sum("points", default=0))["sum"]
    Standing.objects.filter(pk=standing.pk).update(total=total)
    award(person, found.earned, lost=found.lost, silently=silently)


def entries_of(person: User, acts: Sequence[Act]) -> list[Entry]:
    """Not written."""
    zone = ZoneInfo(person.time_zone)
    rounds = _rounds(acts)
    return [
        Entry(
            person=person,
            cause=act.cause,
            thing_id=act.thing_id,
            other_id=act.other_id,
            round=rounds.get(_key(act), 0) + 1,
            points=_worth(act),
            happened_at=act.at,
            local_date=act.at.astimezone(zone).date(),
        )
        for act in acts
    ]


def award(
    person: User, earned: Mapping[str, datetime], *, lost: Collection[str] = (), silently: bool = False
) -> None:
    """Badges, and what tells of them."""
    if lost:
        gone = Award.objects.filter(person=person, badge__in=lost)
        keys = [EARNED.key(award, person.pk) for award in gone]
        NotificationService.retract(Event.objects.filter(key__in=keys))
        gone.delete()
    now = timezone.now()
    for name, at in earned.items():
        badge = Award.objects.create(person=person, badge=name, earned_at=at)
        if not silently and at >= now - NEWS_FOR:
            NotificationService.emit(EARNED, badge)


def _reversal(entry: Entry) -> Entry:
    return Entry(
        person_id=entry.person_id,
        cause=entry.cause,
        thing_id=entry.thing_id,
        other_id=entry.other_id,
        round=entry.round,
        points=-entry.points,
        happened_at=entry.happened_at,
        local_date=entry.local_date,
        reverses=entry,
    )


def _rounds(acts: Sequence[Act]) -> dict[tuple[str, int, int], int]:
    """How often each was counted before, of those that were."""
    causes, things = {act.cause for act in acts}, among({act.thing_id for act in acts})
    rows = Entry.objects.filter(cause__in=causes, thing_id__in=things, reverses=None).order_by("round")
    return {
        (cause, thing, other): number
        for cause, thing, other, number in rows.values_list("cause", "thing_id", "other_id", "round")
    }


def _key(one: Act | Entry) -> tuple[str, int, int]:
    return str(one.cause), one.thing_id, one.other_id


def _worth(act: Act) -> int:
    return WORTH[Cause(act.cause)]
