"""From one fact to everybody in an audience: set-based, in chunks that a killed process resumes.

The cursor moves in the transaction of the chunk it counts, so that nobody is left out or told twice.
"""

import json
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from . import kinds
from .crash_points import reach
from .kinds import Kind
from .models import Event
from .realtime import signals
from .sql import adapted, json_type, timestamp

CHUNK = 10_000  # people a transaction
NAMED = 500  # up to as many, a chunk tells the streams whom it was for


def expand_chunk(event_id: int, *, chunk: int = CHUNK) -> bool:
    """Tell the next `chunk` people; answers whether anybody is left. Needs a transaction."""
    events = Event.objects.filter(pk=event_id, state=Event.State.PENDING)
    if connection.features.has_select_for_update_skip_locked:
        events = events.select_for_update(skip_locked=True)
    event = events.first()
    if event is None:
        return False
    kind = kinds.get(event.kind)
    if kind is None:
        raise LookupError(f"This version of the site knows no notifications of the kind {event.kind}.")
    audience = kind.audience(event).filter(user_id__gt=event.cursor).order_by("user_id").values("user_id")
    people = audience[:chunk].values_list("user_id", flat=True)
    bounds = people.query.sql_with_params()
    with connection.cursor() as cursor:
        counting = f"SELECT count(*), max(user_id) FROM ({bounds[0]}) AS people"  # nosec B608 # names are ours, values are parameters
        cursor.execute(counting, bounds[1])
        count, last = cursor.fetchone()
    if count:
        people = audience.filter(user_id__lte=last)
        try:
            with transaction.atomic():
                _tell(event, kind, people, named=count <= NAMED)
        except IntegrityError:
            # Somebody has the row already. To ask for that of every row would nearly double the time of all.
            _tell(event, kind, people, named=count <= NAMED, conflict="ON CONFLICT DO NOTHING")
    reach("in the middle of a chunk")
    now = timezone.now()
    if count == chunk:
        # Back to the end of the queue: small facts do not wait behind a large audience.
        event.cursor, event.run_at = last, now
        event.save(update_fields=["cursor", "run_at"])
        return True
    event.state, event.outcome, event.ended_at = Event.State.DONE, Event.Outcome.EXPANDED, now
    event.cursor = last or event.cursor
    event.save(update_fields=["state", "outcome", "ended_at", "cursor"])
    return False


def _tell(event: Event, kind: Kind, people: Any, *, named: bool, conflict: str = "") -> None:
    """Everybody but those who opted out, who are found through a partial index of opt-outs alone."""
    sql, params = people.order_by().query.sql_with_params()
    actors = [] if kind.anonymous or event.actor_id is None else [event.actor_id]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO notifications_notification
                (recipient_id, event_id, kind, group_key, actor_id, actor_ids, actors_count,
                 target_type, target_id, object_id, place_id, priority, created_at)
            SELECT people.user_id, %s, %s, %s, CAST(%s AS bigint), CAST(%s AS {json_type()}), 1,
                 %s, %s, %s, CAST(%s AS bigint), %s, {timestamp()}
            FROM ({sql}) AS people
            WHERE NOT EXISTS (
                SELECT 1 FROM notifications_notificationpreference p
                WHERE p.notification_type = %s AND p.user_id = people.user_id AND NOT p.in_app_enabled
            )
            {conflict} {"RETURNING recipient_id" if named else ""}
            """,  # nosec B608 # names are ours, values are parameters
            [
                event.pk, event.kind, event.group_key, actors[0] if actors else None, json.dumps(actors),
                event.target_type, event.target_id, event.object_id, event.place_id, int(kind.priority),
                adapted(event.created_at), *params, kind.category,
            ],
        )  # fmt: skip
        if named:
            signals.changed(recipient_id for (recipient_id,) in cursor.fetchall())
        else:
            signals.changed_for_many()
