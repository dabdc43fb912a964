"""From one fact to everybody in an audience: set-based, in chunks that a killed process resumes.

The cursor moves in the transaction of the chunk it counts, so that nobody is left out or told twice.
"""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import channels, kinds
from ..channels.base import Channel
from ..crash_points import reach
from ..kinds import Kind
from ..mailings import Mailing
from ..models import DecidedBy, Event, Switch
from ..outgoing import sending
from ..realtime import signals
from ..realtime.revisions import take_revision
from ..sql import (
    adapted,
    json_type,
    rows_clause,
    timestamp,
)
from . import audience_sql, deliveries, mailing
from .deliveries import Query
from .steered import Steered, steered_people, told_by, told_in_app
from .stopping import is_over
from .waiting import LEAVING, waits_for
from .watching import address

CHUNK = 10_000  # people a transaction
NAMED = 500  # up to as many, a chunk tells the streams whom it was for


def expand_chunk(event_id: int, *, chunk: int = CHUNK) -> bool:
    """Tell the next `chunk` people; answers whether anybody is left. Needs a transaction."""
    events = Event.objects.filter(pk=event_id, state=Event.State.PENDING)
    event = events.select_for_update(skip_locked=True).first()
    if event is None:
        return False
    kind = kinds.get(event.kind)
    if kind is None:
        raise LookupError(f"This version of the site knows no notifications of the kind {event.kind}.")
    if is_over(event):
        event.state, event.outcome, event.ended_at = Event.State.DONE, Event.Outcome.EXPIRED, timezone.now()
        event.save(update_fields=["state", "outcome", "ended_at"])
        return False
    if isinstance(kind, Mailing):
        count, last = mailing.write_copies(event, kind, chunk)
    else:
        count, last = _tell_people(event, kind, chunk)
    reach("in the middle of a chunk")
    now = timezone.now()
    event.cursor = last or event.cursor
    if count == chunk:
        # Back to the end of the queue: small facts do not wait behind a large audience.
        event.run_at = now
        event.save(update_fields=["cursor", "run_at", "told", "mail"])
        return True
    event.state, event.outcome, event.ended_at = Event.State.DONE, Event.Outcome.EXPANDED, now
    event.save(update_fields=["state", "outcome", "ended_at", "cursor", "told", "mail"])
    return False


def _tell_people(event: Event, kind: Kind, chunk: int) -> tuple[int, int]:
    """The next of them; answers how many there were, and the last."""
    audience = kind.audience(event).filter(user_id__gt=event.cursor).order_by("user_id").values("user_id")
    people = audience[:chunk].values_list("user_id", flat=True)
    bounds = people.query.sql_with_params()
    with connection.cursor() as cursor:
        counting = f"SELECT count(*), max(user_id) FROM ({bounds[0]}) AS people"  # nosec B608 # names are ours, values are parameters
        cursor.execute(counting, bounds[1])
        count, last = cursor.fetchone()
    if count:
        served = audience.filter(user_id__lte=last)
        if kind.is_audience:
            _serve(event, kind, served, named=count <= NAMED)
        else:
            address(event, served)
    return count, last or 0


def _serve(event: Event, kind: Kind, people: QuerySet[Any], *, named: bool) -> None:
    """Rows of the inbox, and mails after them, for those who want them; counted on the event."""
    steered = steered_people(event, kind, people)
    try:
        with transaction.atomic():
            event.told += _tell(event, kind, people, steered, named=named)
    except IntegrityError:
        # Somebody has the row already. To ask for that of every row would nearly double the time of all.
        event.told += _tell(event, kind, people, steered, named=named, conflict="ON CONFLICT DO NOTHING")
    late = event.created_at < timezone.now() - kind.mail_expires_after
    used = [] if late else _send(event, kind, people, steered)
    if used:
        transaction.on_commit(partial(sending.wake, used), robust=True)
    if not kind.mails(event):
        return
    if late:
        event.mail = Event.Mail.EXPIRED
    elif kind.mailed_by_default or any(channels.by_name(name).switch == Switch.EMAIL for name in used):
        event.mail = Event.Mail.QUEUED
    elif event.mail != Event.Mail.QUEUED:
        event.mail = Event.Mail.NOT_ASKED


def _tell(
    event: Event,
    kind: Kind,
    people: QuerySet[Any],
    steered: Sequence[Steered],
    *,
    named: bool,
    conflict: str = "",
) -> int:
    write = partial(_write_rows, event, kind, revision=take_revision(), named=named, conflict=conflict)
    told = write(_unsteered(kind, people, steered))
    if chosen := told_in_app(steered):
        told += write(_one_by_one(chosen))
    return told


def _write_rows(event: Event, kind: Kind, told: Query, *, revision: int, named: bool, conflict: str) -> int:
    sql, params = told
    actors = [] if kind.anonymous or event.actor_id is None else [event.actor_id]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO notifications_notification
                (recipient_id, decided_by, event_id, kind, group_key, actor_id, actor_ids, actors_count,
                 target_type, target_id, object_id, place_id, priority, created_at, revision)
            SELECT told.user_id, told.decided_by, %s, %s, %s, CAST(%s AS bigint),
                 CAST(%s AS {json_type()}), 1, %s, %s, %s, CAST(%s AS bigint), %s, {timestamp()},
                 CAST(%s AS bigint)
            FROM ({sql}) AS told WHERE true
            {conflict} {"RETURNING recipient_id" if named else ""}
            """,  # nosec B608 # names are ours, values are parameters
            [
                event.pk, event.kind, event.group_key, actors[0] if actors else None, json.dumps(actors),
                event.target_type, event.target_id, event.object_id, event.place_id, int(kind.priority),
                adapted(event.created_at), revision, *params,
            ],
        )  # fmt: skip
        if not named:
            signals.changed_for_many()
            return int(cursor.rowcount)
        recipients = [recipient_id for (recipient_id,) in cursor.fetchall()]
    signals.changed(recipients)
    return len(recipients)


def _send(event: Event, kind: Kind, people: QuerySet[Any], steered: Sequence[Steered]) -> list[str]:
    """After `_tell`: a delivery refers to the row that reading it would cancel. Answers by which channels."""
    now, used = timezone.now(), []
    for channel in channels.in_use():
        if channel.switch == Switch.EMAIL and not kind.mails(event):
            continue
        if not channel.carries(kind) or not (channel.reaches_most or channel.reaches().exists()):
            continue
        made = 0
        for how in _ways(channel, kind):
            waits = waits_for(channel, kind, how)
            if audience_sql.comes_by_itself(kind, channel.switch):
                wanted = audience_sql.wanted_by(kind, channel, how)
                some = people if how == Event.Mail.QUEUED else audience_sql.with_summaries(kind, people)
                told = _unsteered(kind, some, steered, wanted)
                made += deliveries.insert(channel, _with_rows(event, kind, told, waits), now)
            if chosen := told_by(channel, steered, how):
                made += deliveries.insert(channel, _with_rows(event, kind, _one_by_one(chosen), waits), now)
        if made:
            used.append(channel.name)
    return used


def _ways(channel: type[Channel], kind: Kind) -> Sequence[Event.Mail]:
    """At once; and where people choose how often they are told, in a summary."""
    return LEAVING if channel.switch == Switch.EMAIL and not kind.is_urgent else (Event.Mail.QUEUED,)


def _with_rows(event: Event, kind: Kind, told: Query, waits: str) -> Query:
    sql, params = told
    query = f"""
        SELECT CAST(%s AS bigint) AS event_id, n.id AS notification_id, told.user_id, told.decided_by,
            CAST(%s AS boolean) AS is_urgent, CAST(%s AS text) AS waits_for
        FROM ({sql}) AS told
        LEFT JOIN notifications_notification n ON n.event_id = %s AND n.recipient_id = told.user_id
    """  # nosec B608 # names are ours, values are parameters
    return query, [event.pk, kind.is_urgent, waits, *params, event.pk]


def _unsteered(
    kind: Kind,
    people: QuerySet[Any],
    steered: Sequence[Steered],
    wanted: audience_sql.Condition | None = None,
) -> Query:
    """Those who chose nothing narrower than a category and want it: in the app, or as `wanted` says."""
    sql, params = people.order_by().query.sql_with_params()
    alone, alone_params = audience_sql.unsteered(person.user_id for person in steered)
    condition, wanted_params = wanted or audience_sql.in_app(kind)
    query = f"""
        SELECT people.user_id, CAST('' AS text) AS decided_by FROM ({sql}) AS people
        WHERE {condition} AND {alone}
    """  # nosec B608 # names are ours, values are parameters
    return query, [*params, *wanted_params, *alone_params]


def _one_by_one(chosen: Sequence[tuple[int, DecidedBy]]) -> Query:
    rows, param = rows_clause("user_id bigint, decided_by text", chosen)
    return rows.removeprefix("(").removesuffix(")"), [param]
