"""From a fact to those who watch where it happened: each gets an Event of their own.

From there on they are served like everybody whom it concerns: one by one decided, folded, mailed, explained.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from ..models import Event
from ..sql import adapted, timestamp


def address(event: Event, watchers: QuerySet[Any]) -> int:
    """`watchers`: one column of user ids. Whom it concerns for another reason has an Event and keeps it."""
    sql, params = watchers.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO notifications_event
                (kind, key, actor_id, recipient_id, target_type, target_id, object_id, place_id, group_key,
                 state, outcome, created_at, run_at, cursor, attempts, crashes, last_error, mail, watched)
            SELECT e.kind, e.key || ':' || w.user_id, e.actor_id, w.user_id, e.target_type, e.target_id,
                 e.object_id, e.place_id, e.group_key, 'pending', '', e.created_at, {timestamp()},
                 0, 0, 0, '', '', true
            FROM ({sql}) AS w CROSS JOIN notifications_event e WHERE e.id = %s
            ON CONFLICT (key) DO NOTHING
            """,  # nosec B608 # names are ours, values are parameters
            [adapted(timezone.now()), *params, event.pk],
        )
        return int(cursor.rowcount)
