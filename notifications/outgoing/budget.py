"""Providers take only so many mails an hour and a day, and shut off who sends more.

Counted for all processes together, in the transaction that begins a hand-over: two lanes at the same moment
cannot both take the last one. In no stretch of that length is there more, wherever it begins. A share is left
to what needs its person, so that likes never use the last of it; newsletters leave more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from .. import channels
from ..channels.base import Channel
from ..models import Budget

PARTS = (
    24  # in which a stretch is counted: what is spent comes back a part after it has passed, at the latest
)
Counts = list[list[int]]  # when a part began, in seconds since 1970, and how many


class SpentError(Exception):
    """Nothing of this sort may leave before `until`; nothing was written."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class Standing:
    """`seconds`: of the stretch."""

    far_end: str
    seconds: int
    used: int
    limit: int


def take(channel: type[Channel], *, is_urgent: bool, now: datetime) -> None:
    """One more leaves. Needs a transaction, whose last lock this is. Raises SpentError where none may."""
    limits = channel.budget()
    if not limits:
        return
    row, at = _locked(channel), int(now.timestamp())
    spent = {seconds: _kept(row.spent, seconds, at) for seconds in limits}
    waits = [
        _free_at(spent[seconds], seconds, allowed(limit, 0 if is_urgent else channel.leaves_tenths))
        for seconds, limit in limits.items()
    ]
    if until := max(waits):
        raise SpentError(datetime.fromtimestamp(max(until, at + 1), UTC))
    for seconds, counts in spent.items():
        _count(counts, seconds, at, 1)
    _write(row, spent)


def give_back(channel: type[Channel], taken_at: datetime) -> None:
    """It was not taken over after all. Needs a transaction, whose last lock this is."""
    if limits := channel.budget():
        row, at = _locked(channel), int(taken_at.timestamp())
        spent = {seconds: _kept(row.spent, seconds, at) for seconds in limits}
        for seconds, counts in spent.items():
            _count(counts, seconds, at, -1)
        _write(row, spent)


def standings(now: datetime) -> Iterator[Standing]:
    """Of all far ends that have a budget; one query where there is one."""
    limits = {_name(channel): channel.budget() for channel in channels.in_use() if channel.budget()}
    rows = Budget.objects.in_bulk(limits) if limits else {}
    for far_end, of in limits.items():
        spent = rows[far_end].spent if far_end in rows else {}
        for seconds, limit in of.items():
            counts = _kept(spent, seconds, int(now.timestamp()))
            yield Standing(far_end, seconds, sum(count for _began, count in counts), limit)


def allowed(limit: int, leaves_tenths: int) -> int:
    """What is left of it by whoever leaves so many tenths to others; never nothing."""
    return limit - limit * leaves_tenths // 10


def _name(channel: type[Channel]) -> str:
    return channel.far_end or channel.name


def _locked(channel: type[Channel]) -> Budget:
    row, _is_new = Budget.objects.select_for_update().get_or_create(pk=_name(channel))
    return row


def _kept(spent: Mapping[str, Counts], seconds: int, at: int) -> Counts:
    """The parts of which some moment lies within the stretch that ends at `at`."""
    part = seconds // PARTS
    return [[began, count] for began, count in spent.get(str(seconds), []) if began > at - seconds - part]


def _free_at(counts: Counts, seconds: int, limit: int) -> int:
    """When there is room for one more; 0 where there is."""
    used = sum(count for _began, count in counts)
    for began, count in counts:
        if used < limit:
            return 0
        used -= count
        if used < limit:
            return began + seconds // PARTS + seconds
    return 0


def _count(counts: Counts, seconds: int, at: int, change: int) -> None:
    began = at - at % (seconds // PARTS)
    for entry in counts:
        if entry[0] == began:
            entry[1] = max(0, entry[1] + change)
            return
    if change > 0:
        counts.append([began, change])
        counts.sort()  # by a clock that went back


def _write(row: Budget, spent: Mapping[int, Counts]) -> None:
    row.spent = row.spent | {str(seconds): counts for seconds, counts in spent.items()}
    row.save(update_fields=["spent"])
