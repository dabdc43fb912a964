"""The sweeping: table after table along its key, a few hundred rows a transaction, so that nobody waits.

Each table is read once a run by its primary key, in stretches. An index for each reason would be kept up
by every like and every reading of the year; a stretch costs some milliseconds, once a day.

Safe to stop at any moment and to run twice at once: what is gone is gone, and rows are asked again under
the lock whether they still go.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, Max, Model, Q, QuerySet
from django.utils import timezone

from ..models import Attempt, JobRun, Notification
from ..realtime import signals
from ..transactions import dispatching
from . import retention, schedule
from .retention import Why
from .schedule import Rest

STRETCH = 2_000  # rows read at a time
PEOPLE = 500  # or people, where the number of their rows is what is asked
BATCH = 500  # rows a transaction deletes
END = "end"  # the place after the last sweep
TURN_SECONDS = 2.0  # of each round of housekeeping
JOB = "prune"

Progress = Callable[[int, int], None]  # how far along the keys, and how far that goes


def no_progress(done: int, total: int) -> None:
    """For callers who do not watch."""


@dataclass(frozen=True, slots=True)
class Found:
    """What goes of one stretch, and the last key of it; None where nothing comes after."""

    leaving: Mapping[Why, list[Any]]
    place: Any


class Sweep:
    """One reason, and the rows of one table."""

    def __init__(self, why: Why, leaving: Callable[[datetime], QuerySet[Any]]) -> None:
        self.name = why.value
        self._why, self._leaving = why, leaving

    def find(self, after: Any, now: datetime) -> Found:
        rows = self._leaving(now)
        last = _end_of_stretch(rows.model, after, STRETCH)
        found = rows.filter(_between(after, last)).order_by("pk")
        return Found(self._sorted(found), last)

    def last_key(self) -> int:
        """0 where keys are no numbers."""
        last = self._leaving(timezone.now()).model._default_manager.aggregate(last=Max("pk"))["last"]
        return last if isinstance(last, int) else 0

    def _sorted(self, found: QuerySet[Any]) -> Mapping[Why, list[Any]]:
        return {self._why: list(found.values_list("pk", flat=True))}


class ItemSweep(Sweep):
    """The inboxes, for three reasons in one passage."""

    def _sorted(self, found: QuerySet[Any]) -> Mapping[Why, list[Any]]:
        leaving: dict[Why, list[Any]] = {}
        for pk, why in found.values_list("pk", "why"):
            leaving.setdefault(Why(why), []).append(pk)
        return leaving


class CrowdSweep(Sweep):
    """Inboxes that are too full, person by person."""

    def find(self, after: Any, now: datetime) -> Found:
        last = _end_of_stretch(get_user_model(), after, PEOPLE)
        people = Notification.objects.filter(_between(after, last, "recipient")).order_by("recipient")
        crowded = people.values("recipient").annotate(rows=Count("*"))
        first = (
            crowded.filter(rows__gt=settings.NOTIFICATION_KEEP_ITEMS)
            .values_list("recipient", flat=True)
            .first()
        )
        if first is None or not settings.NOTIFICATION_KEEP_ITEMS:
            return Found({}, last)
        ids = retention.crowded_items(first, now).order_by("pk").values_list("pk", flat=True)
        return Found({Why.CROWDED: list(ids)}, first)

    def last_key(self) -> int:
        return get_user_model().objects.aggregate(last=Max("pk"))["last"] or 0


# Events first: whether one goes depends on rows, which go after it, and in a dry run not at all.
SWEEPS: tuple[Sweep, ...] = (
    Sweep(Why.EVENT, retention.ended_events),
    Sweep(Why.DELIVERY, retention.ended_deliveries),
    Sweep(Why.TOKEN, retention.expired_tokens),
    Sweep(Why.INCOMING, retention.old_incoming),
    Sweep(Why.BOUNCE, retention.old_bounces),
    Sweep(Why.FORGIVEN, retention.forgiven_addresses),
    ItemSweep(Why.READ, retention.leaving_items),
    CrowdSweep(Why.CROWDED, lambda now: Notification.objects.all()),
)


def _stretches(
    place: Sequence[Any], now: datetime, progress: Progress = no_progress
) -> Iterator[tuple[Found, list[Any]]]:
    """What goes of each stretch from `place` on, and the place after it: a sweep and the last key."""
    names = [*(sweep.name for sweep in SWEEPS), END]
    name, after = place or (names[0], None)
    first = names.index(name) if name in names else 0
    for sweep, following in zip(SWEEPS[first:], names[first + 1 :], strict=True):
        total = sweep.last_key() if progress is not no_progress else 0
        while True:
            found = sweep.find(after, now)
            after = found.place
            yield found, [following, None] if after is None else [sweep.name, after]
            if after is None:
                break
            progress(after if total else 0, total)


def sweep(run: JobRun, now: datetime, progress: Progress = no_progress) -> Iterator[None]:
    """The work of a run, from where it stands; answers after each piece of it."""
    for found, following in _stretches(run.place, now, progress):
        for why, ids in found.leaving.items():
            for start in range(0, len(ids), BATCH):
                with dispatching():
                    count = _delete(why, ids[start : start + BATCH], now)
                    run.counts[why] = run.counts.get(why, 0) + count
                    _save(run, "counts", "place")
                yield
        run.place = following
        yield


def prune(*, progress: Progress = no_progress, now: datetime | None = None) -> Mapping[str, int]:
    """All of it, here and now; answers why → how many."""
    run = schedule.begin_by_hand(JOB)
    for _piece in sweep(run, now or timezone.now(), progress):
        pass
    run.ended_at = timezone.now()
    with dispatching():
        _save(run, "ended_at")
    return dict(run.counts)


def look(*, progress: Progress = no_progress, now: datetime | None = None) -> Mapping[str, int]:
    """What `prune` would do. Nothing is written."""
    counts: Counter[str] = Counter()
    for found, _following in _stretches((), now or timezone.now(), progress):
        counts.update({why: len(ids) for why, ids in found.leaving.items()})
    return counts


def take_a_turn(run: JobRun, rest: Rest) -> bool:
    """Go on for a moment, from where it stands; True where more is left. The daily job's work."""
    until = time.monotonic() + TURN_SECONDS
    for _piece in sweep(run, timezone.now()):
        rest()
        if time.monotonic() >= until:
            with dispatching():
                _save(run, "place")
            return True
    return False


def _save(run: JobRun, *fields: str) -> None:
    run.lease_until = timezone.now() + schedule.LEASE
    run.save(update_fields=[*fields, "lease_until"])


def _delete(why: Why, ids: list[Any], now: datetime) -> int:
    rows = retention.still_leaving(why, now).filter(pk__in=ids)
    if why in (Why.OLD, Why.CROWDED):  # may be unread
        signals.changed(rows.filter(read_at=None).values_list("recipient_id", flat=True))
    if why == Why.DELIVERY:
        Attempt.objects.filter(delivery__in=rows).delete()
    deleted: dict[str, int] = rows.delete()[1]
    return deleted.get(rows.model._meta.label, 0)  # not what goes with them


def _end_of_stretch(model: type[Model], after: Any, size: int) -> Any:
    """The key of the last row of the next stretch; None where the table ends before."""
    rows = model._default_manager.filter(_between(after, None)).order_by("pk")
    return next(iter(rows.values_list("pk", flat=True)[size - 1 : size]), None)


def _between(after: Any, last: Any, key: str = "pk") -> Q:
    bounds = Q()
    if after is not None:
        bounds &= Q(**{f"{key}__gt": after})
    if last is not None:
        bounds &= Q(**{f"{key}__lte": last})
    return bounds
