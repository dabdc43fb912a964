"""The few of an audience who chose something of their own: decided about by the resolver, one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import QuerySet

from ..channels.base import Channel
from ..kinds import Kind
from ..models import DecidedBy, Event
from ..sql import among
from ..steering.choices import choices_of
from ..steering.preferences import Decision, decide

# Whoever chose something narrower than the category, or a preset, or to block the actor.
_CHOSE = """
    SELECT user_id FROM notifications_rule WHERE scope = 'kind' AND type = %s
    UNION ALL SELECT user_id FROM notifications_rule WHERE scope = 'place' AND place_id = CAST(%s AS bigint)
    UNION ALL SELECT user_id FROM notifications_rule
        WHERE scope = 'thread' AND target_type = %s AND target_id = CAST(%s AS bigint)
    UNION ALL SELECT user_id FROM notifications_presetchoice
    UNION ALL SELECT user_id FROM notifications_block WHERE blocked_id = CAST(%s AS bigint)
"""


@dataclass(frozen=True, slots=True)
class Steered:
    user_id: int
    has_address: bool
    decision: Decision


def steered_people(event: Event, kind: Kind, people: QuerySet[Any]) -> list[Steered]:
    """`people`: one column of user ids, as `Kind.audience` gives. At most two queries."""
    if not kind.steered:
        return []
    model = get_user_model()
    sql, params = people.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT u.id, u.is_active AND u.{model.get_email_field_name()} <> ''
            FROM {model._meta.db_table} u
            WHERE u.id IN (SELECT steered.user_id FROM ({_CHOSE}) AS steered)
                AND EXISTS (SELECT 1 FROM ({sql}) AS people WHERE people.user_id = u.id)
            """,  # nosec B608 # names are ours, values are parameters
            [event.kind, event.place_id, event.target_type, event.target_id, event.actor_id, *params],
        )
        found = [(user_id, bool(has_address)) for user_id, has_address in cursor.fetchall()]
    if not found:
        return []
    choices = choices_of((user_id for user_id, _address in found), event, kind)
    return [Steered(user_id, address, decide(kind, choices[user_id])) for user_id, address in found]


def told_in_app(people: Sequence[Steered]) -> list[tuple[int, DecidedBy]]:
    return [(person.user_id, person.decision.in_app_by) for person in people if person.decision.in_app]


def told_by(
    channel: type[Channel], people: Sequence[Steered], how: Event.Mail = Event.Mail.QUEUED
) -> list[tuple[int, DecidedBy]]:
    """Those who are told by this channel: at once, or in the summary that they chose."""
    wanting = {
        person.user_id: by
        for person in people
        for said, by in [person.decision.about(channel.switch)]
        if said == how and (person.has_address or not channel.reaches_most)
    }
    if channel.reaches_most or not wanting:
        return list(wanting.items())
    reached = channel.reaches().filter(user_id__in=among(wanting)).values_list("user_id", flat=True)
    return [(user_id, wanting[user_id]) for user_id in reached]
