"""What people chose about a batch of facts: everything that deciding asks for, in one query."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from .. import kinds
from ..kinds import Fact, Kind
from ..models import Event
from ..sql import rows_clause
from .preferences import NOTHING_CHOSEN, Choice, Choices

# One row for each stored choice; people without any cost nothing but the search for them.
_SOURCES = """
    SELECT told.key, r.scope AS source, r.level AS word, r.in_app, r.email, r.push
    FROM told JOIN notifications_rule r ON r.scope = 'thread' AND r.target_id = told.target_id
        AND r.target_type = told.target_type AND r.user_id = told.user_id
    UNION ALL
    SELECT told.key, r.scope, r.level, r.in_app, r.email, r.push
    FROM told JOIN notifications_rule r ON r.scope = 'place' AND r.place_id = told.place_id
        AND r.user_id = told.user_id
    UNION ALL
    SELECT told.key, r.scope, r.level, r.in_app, r.email, r.push
    FROM told JOIN notifications_rule r ON r.scope = 'kind' AND r.type = told.kind
        AND r.user_id = told.user_id
    UNION ALL
    SELECT told.key, 'category', p.email_frequency, p.in_app_enabled, p.email_enabled,
        p.push_enabled
    FROM told JOIN notifications_notificationpreference p ON p.notification_type = told.category
        AND p.user_id = told.user_id
    UNION ALL
    SELECT told.key, 'preset', c.preset, NULL, NULL, NULL
    FROM told JOIN notifications_presetchoice c ON c.user_id = told.user_id
    UNION ALL
    SELECT told.key, 'block', '', NULL, NULL, NULL
    FROM told JOIN notifications_block b ON b.blocked_id = told.actor_id AND b.user_id = told.user_id
"""


def choices_about(facts: Iterable[Fact]) -> Mapping[int, Choices]:
    """Of stored facts, each for one person: fact id → what that person chose."""
    rows, param = rows_clause(
        "key bigint, user_id bigint, category text",
        [(fact.id, fact.recipient_id, kinds.type_names[fact.kind].category) for fact in facts],
    )
    told = f"""
        SELECT v.key, v.user_id, v.category, e.kind, e.actor_id, e.target_type, e.target_id, e.place_id
        FROM {rows} AS v CROSS JOIN notifications_event e WHERE e.id = v.key
    """  # nosec B608 # names are ours, values are parameters
    return _found(told, [param])


def choices_of(user_ids: Iterable[int], event: Event, kind: Kind) -> Mapping[int, Choices]:
    """Of one fact, stored or not, for several people: user id → what that person chose."""
    rows, param = rows_clause("user_id bigint", [(user_id,) for user_id in user_ids])
    told = f"""
        SELECT v.user_id AS key, v.user_id, CAST(%s AS text) AS category, CAST(%s AS text) AS kind,
            CAST(%s AS bigint) AS actor_id, CAST(%s AS text) AS target_type,
            CAST(%s AS bigint) AS target_id, CAST(%s AS bigint) AS place_id
        FROM {rows} AS v
    """  # nosec B608 # names are ours, values are parameters
    about = [event.kind, event.actor_id, event.target_type, event.target_id, event.place_id]
    return _found(told, [kind.category, *about, param])


class _Found(dict[int, Choices]):
    def __missing__(self, key: int) -> Choices:
        return NOTHING_CHOSEN


def _found(told: str, params: list[Any]) -> Mapping[int, Choices]:
    parts: dict[int, dict[str, Any]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH told AS ({told}) {_SOURCES}", params)
        for key, source, word, in_app, email, push in cursor.fetchall():
            if source == "block":
                parts[key]["blocked"] = True
            elif source == "preset":
                parts[key]["preset"] = word
            else:
                parts[key][source] = Choice(word, _switch(in_app), _switch(email), _switch(push))
    return _Found({key: Choices(**chosen) for key, chosen in parts.items()})


def _switch(value: Any) -> bool | None:
    """SQLite has numbers for it."""
    return None if value is None else bool(value)
