"""Counts what ended, minute by minute, once and for all: by which way, in which state, and how long it took.

A minute is counted half a minute after it is over, when the transactions that end things in it have long
been committed. (One that takes longer is missing here, and nowhere else: the rows are the truth.)
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from ..models import JobRun, Tally, TallyClock
from ..models.tally import GRAINS, SINCE_THE_BEGINNING
from ..sql import adapted, from_database
from ..transactions import dispatching
from . import waiting
from .schedule import EPOCH, Rest

JOB = "tally"

BOUNDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200)  # seconds
SETTLED = timedelta(seconds=30)
STRETCH = timedelta(hours=6)  # counted at once
LOOKS_BACK = timedelta(days=7)  # at the first time
TURN_SECONDS = 2.0
KEPT = {1: timedelta(hours=3), 15: timedelta(days=3), 60: timedelta(days=35)}


class Key(NamedTuple):
    minutes: int
    start: datetime
    of: str
    lane: str
    what: str
    state: str


@dataclass(slots=True)
class Sum:
    count: int
    seconds: float
    spread: list[int]

    def add(self, other: "Sum") -> None:
        self.count += other.count
        self.seconds += other.seconds
        self.spread = [a + b for a, b in zip(self.spread or [0] * len(BOUNDS), other.spread, strict=True)]

    def at_most(self, other: "Sum") -> None:
        """Of a queue: each at its worst."""
        self.count, self.seconds = max(self.count, other.count), max(self.seconds, other.seconds)


def take_a_turn(run: JobRun, rest: Rest, *, now: datetime | None = None) -> bool:
    """Count up to now, as far as a turn goes."""
    until, now = time.monotonic() + TURN_SECONDS, now or timezone.now()
    while counted := count_on(now):
        run.counts["counted"] = run.counts.get("counted", 0) + counted.rows
        if counted.is_all:
            break
        if time.monotonic() > until:
            return True
        rest()
    _forget(now)
    return False


@dataclass(frozen=True, slots=True)
class Counted:
    rows: int
    is_all: bool


def count_on(now: datetime) -> Counted | None:
    """The next stretch of whole minutes; None where there is none yet."""
    end = start_of(now - SETTLED, 1)
    since = _clock(end).until
    if since >= end:
        return None
    until = min(end, since + STRETCH)
    # Reading may take its time, and nobody waits for it: the transaction comes after.
    sums = {key: some for of in _SOURCES for key, some in _ended(of, since, until)}
    queues = dict(_queues(until, now)) if until == end else {}
    with dispatching():
        if TallyClock.objects.filter(pk=1, until=since).update(until=until):  # else another has counted it
            _write(sums, queues)
    return Counted(sum(some.count for some in sums.values()), until == end)


def _clock(end: datetime) -> TallyClock:
    clock = TallyClock.objects.filter(pk=1).first()
    if clock is None:
        with dispatching():
            clock, _made = TallyClock.objects.get_or_create(pk=1, defaults={"until": end - LOOKS_BACK})
    return clock


def _write(ended: dict[Key, Sum], queues: dict[Key, Sum]) -> None:
    sums: dict[Key, Sum] = {}
    for key, some in ended.items():
        for coarser in _coarser(key, (*GRAINS, SINCE_THE_BEGINNING)):
            sums.setdefault(coarser, Sum(0, 0, [])).add(some)
    for key, some in queues.items():
        for coarser in _coarser(key, GRAINS):
            sums.setdefault(coarser, Sum(0, 0, [])).at_most(some)
    for minutes in {key.minutes for key in sums}:
        starts = {key.start for key in sums if key.minutes == minutes}
        for row in Tally.objects.filter(minutes=minutes, start__gte=min(starts), start__lte=max(starts)):
            there = sums.get(Key(minutes, row.start, row.of, row.lane, row.what, row.state))
            if there is not None:
                before = Sum(row.count, row.seconds, row.spread)
                there.at_most(before) if row.of == Tally.Of.QUEUE else there.add(before)
    Tally.objects.bulk_create(
        [
            Tally(**key._asdict(), count=some.count, seconds=some.seconds, spread=some.spread)
            for key, some in sums.items()
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["minutes", "start", "of", "lane", "what", "state"],
        update_fields=["count", "seconds", "spread"],
    )


def _coarser(key: Key, grains: tuple[int, ...]) -> Iterator[Key]:
    for minutes in grains:
        yield key._replace(minutes=minutes, start=start_of(key.start, minutes))


def start_of(moment: datetime, minutes: int) -> datetime:
    """Of the stretch of so many minutes that it lies in."""
    grain = timedelta(minutes=minutes)
    return EPOCH + (moment - EPOCH) // grain * grain if minutes else EPOCH


def _queues(end: datetime, now: datetime) -> Iterator[tuple[Key, Sum]]:
    """What waits now stands for the minute that was counted last."""
    for queue in waiting.queues(now):
        start = end - timedelta(minutes=1)
        key = Key(1, start, Tally.Of.QUEUE.value, queue.lane, "", "waiting")
        yield key, Sum(queue.waiting, queue.overdue_seconds, [])


def _ended(of: Tally.Of, since: datetime, until: datetime) -> Iterator[tuple[Key, Sum]]:
    bounds = ", ".join(f"sum(CASE WHEN took <= {bound} THEN 1 ELSE 0 END)" for bound in BOUNDS)
    is_postgresql = connection.vendor == "postgresql"
    took = (
        "extract(epoch FROM ended - began)"
        if is_postgresql
        else "(julianday(ended) - julianday(began)) * 86400"
    )
    minute = "date_trunc('minute', ended, 'UTC')" if is_postgresql else "substr(ended, 1, 16)"
    sql = f"""
        SELECT minute, lane, what, state, count(*), coalesce(sum(took), 0), {bounds}
        FROM (
            SELECT lane, what, state, {minute} AS minute, {took} AS took FROM ({_SOURCES[of]}) AS ended_rows
        ) AS timed_rows
        GROUP BY minute, lane, what, state
    """  # nosec B608 # names are ours, values are parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, [adapted(since), adapted(until)])
        for minute_, lane, what, state, count, seconds, *spread in cursor.fetchall():
            key = Key(1, _moment(minute_), of.value, lane, what, state)
            yield key, Sum(int(count), max(0.0, float(seconds)), [int(each) for each in spread])


def _moment(minute: Any) -> datetime:
    if isinstance(minute, str):  # SQLite's, in UTC
        return datetime.fromisoformat(minute).replace(tzinfo=UTC)
    return from_database(minute)


def _forget(now: datetime) -> None:
    with dispatching():
        for minutes, kept in KEPT.items():
            Tally.objects.filter(minutes=minutes, start__lt=now - kept).delete()


# From what happened (of a summary: from when it was begun) to its end.
_SOURCES = {
    Tally.Of.EVENT: f"""
        SELECT '{waiting.INBOX}' AS lane, kind AS what, state, created_at AS began, ended_at AS ended
        FROM notifications_event WHERE ended_at >= %s AND ended_at < %s
    """,  # nosec B608
    Tally.Of.DELIVERY: """
        SELECT d.channel AS lane, '' AS what, d.state, coalesce(e.created_at, d.created_at) AS began,
            d.ended_at AS ended
        FROM notifications_delivery d LEFT JOIN notifications_event e ON e.id = d.event_id
        WHERE d.ended_at >= %s AND d.ended_at < %s
    """,
    # How the far end spoke: by the first digit of what it said, where that was a reply of SMTP.
    Tally.Of.ATTEMPT: """
        SELECT d.channel AS lane,
            CASE WHEN substr(a.answer, 1, 1) IN ('2', '4', '5') AND substr(a.answer, 4, 1) = ' '
                THEN substr(a.answer, 1, 1) || 'xx' ELSE '' END AS what,
            a.outcome AS state, a.started_at AS began, a.ended_at AS ended
        FROM notifications_attempt a JOIN notifications_delivery d ON d.id = a.delivery_id
        WHERE a.ended_at >= %s AND a.ended_at < %s
    """,
}
