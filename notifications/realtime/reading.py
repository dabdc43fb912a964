"""What open streams have not sent yet: for many people at once, in a fixed number of queries.

Runs in the hub's one thread. A person who may not see a thing at this moment is sent nothing of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F
from django.utils import translation
from rest_framework.renderers import JSONRenderer

from ..api.serializers import NotificationSerializer
from ..models import Notification
from ..models.notification import NotificationQuerySet
from ..rendering import Shown, render_for_each
from ..sql import among
from . import frames
from .resume import Cursor, EventIds
from .revisions import Snapshot, current_snapshot

REPLAYED = 1000  # more than so many rows are not replayed: the stream says `reset`
AT_ONCE = 4000  # rows in hand
PORTION, PORTION_BYTES = 100, 32 * 1024  # half of what a slow reader may leave lying; the rest follows

Asked = tuple[int, Cursor]  # a person, and where one or several of that person's streams stand


@dataclass(frozen=True, slots=True)
class Portion:
    """What to send, and where the stream stands then."""

    data: bytes
    cursor: Cursor
    count: int = 0  # notifications in it
    is_all: bool = True
    is_reset: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    portions: Mapping[Asked, Portion]
    unread: Mapping[int, int]


def read(asked: Collection[Asked], counted: Collection[int], ids: EventIds) -> Answer:
    """What is new for each of `asked`, and how many are unread for each of `counted`."""
    now = current_snapshot()
    portions: dict[Asked, Portion] = {}
    for some in _by_amount(list(asked)):
        portions |= _portions(*some, now, ids)
    return Answer(portions, unread_counts(counted) if counted else {})


def unread_counts(person_ids: Collection[int]) -> dict[int, int]:
    unread = Notification.objects.filter(recipient_id__in=among(person_ids)).unread().order_by()
    counts = dict(unread.values_list("recipient_id").annotate(count=Count("pk")))
    return {person_id: counts.get(person_id, 0) for person_id in person_ids}


Rows = Mapping[int, Sequence[Notification]]


def _by_amount(asked: list[Asked]) -> Iterator[tuple[list[Asked], Rows]]:
    """All at once, or in halves until what is in hand is little enough."""
    people = {person_id for person_id, _cursor in asked}
    if not people:
        return
    floor = min(cursor.seen.floor for _person, cursor in asked)
    # Whatever was written later than the snapshot is left for the next time: it is not in it.
    found = Notification.objects.filter(recipient_id__in=among(people), revision__gte=floor).shown()
    rows = list(with_language(found)[: AT_ONCE + 1])
    if len(rows) > AT_ONCE and len(people) > 1:
        middle = sorted(people)[len(people) // 2]
        yield from _by_amount([each for each in asked if each[0] < middle])
        yield from _by_amount([each for each in asked if each[0] >= middle])
        return
    of_each: dict[int, list[Notification]] = defaultdict(list)
    for row in rows:
        of_each[row.recipient_id].append(row)
    yield asked, of_each


def _portions(asked: list[Asked], rows: Rows, now: Snapshot, ids: EventIds) -> dict[Asked, Portion]:
    portions: dict[Asked, Portion] = {}
    waiting: dict[Asked, list[Notification]] = {}
    for each in asked:
        person_id, cursor = each
        until = cursor.until or now
        news = [
            row
            for row in rows.get(person_id, ())
            if until.sees(row.revision) and not cursor.has(row.revision, row.pk)
        ]
        if cursor.seen.next > now.next or until.next > now.next or len(news) > REPLAYED:
            fresh = Cursor(now)
            portions[each] = Portion(frames.reset(ids.write(person_id, fresh)), fresh, is_reset=True)
        elif news:
            waiting[each] = sorted(news, key=lambda row: (row.revision, row.pk))
        else:
            portions[each] = Portion(b"", Cursor(until), is_all=cursor.until is None)
    if waiting:
        data = as_json({row.pk: row for news in waiting.values() for row in news[:PORTION]}.values())
        for each, news in waiting.items():
            portions[each] = _portion(each, news, now, data, ids)
    return portions


def _portion(
    asked: Asked, news: Sequence[Notification], now: Snapshot, data: Mapping[int, bytes], ids: EventIds
) -> Portion:
    """As much as fits, in the order of the commits. Each id says what was sent up to there."""
    person_id, cursor = asked
    until = cursor.until or now
    parts: list[bytes] = []
    size = 0
    reached = cursor
    for number, row in enumerate(news):
        if number == PORTION or size > PORTION_BYTES:
            return Portion(b"".join(parts), reached, len(parts), is_all=False)
        reached = Cursor(until) if row is news[-1] else Cursor(cursor.seen, until, row.revision, row.pk)
        if row.pk in data:
            parts.append(frames.notification(ids.write(person_id, reached), data[row.pk]))
            size += len(parts[-1])
    return Portion(b"".join(parts), reached, len(parts), is_all=cursor.until is None)


def with_language(rows: NotificationQuerySet) -> Any:
    """Of the active recipients, for `as_json`: with the rows, as each query more makes news later."""
    return rows.filter(recipient__is_active=True).annotate(language=F("recipient__language"))


def as_json(rows: Iterable[Any]) -> dict[int, bytes]:
    """As the API shows each to its recipient; without those that the recipient may not see."""
    by_language: dict[str, list[Notification]] = defaultdict(list)
    for row in rows:
        by_language[row.language].append(row)
    data: dict[int, bytes] = {}
    for language, some in by_language.items():
        with translation.override(language):
            data |= _serialized(render_for_each(some))
    return data


def _serialized(items: Sequence[Shown]) -> dict[int, bytes]:
    """Many people are told the same: what differs between their rows is the id alone."""
    made: dict[Any, bytes] = {}
    data: dict[int, bytes] = {}
    form = NotificationSerializer()  # one for all: making it takes five times as long as using it
    for shown in items:
        if shown.content is None:
            continue
        same = _all_but_whose(shown)
        if same not in made:
            rest = {name: value for name, value in form.to_representation(shown).items() if name != "id"}
            made[same] = JSONRenderer().render(rest)[1:]
        data[shown.notification.pk] = b'{"id":%d,' % shown.notification.pk + made[same]
    return data


_WHOSE = {"id", "recipient", "revision"}
_COLUMNS = tuple(field.attname for field in Notification._meta.concrete_fields if field.name not in _WHOSE)


def _all_but_whose(shown: Shown) -> tuple[Any, ...]:
    row = vars(shown.notification)
    return id(shown.content), *(
        str(value) if isinstance(value := row[name], list) else value for name in _COLUMNS
    )
