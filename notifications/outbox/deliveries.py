"""From what was decided to Delivery rows: one INSERT a channel, for a batch of facts as for an audience.

A channel that nobody asked for costs nothing here, and one that reaches nobody of a batch one short query.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from .. import channels, kinds
from ..channels.base import Channel
from ..kinds import Fact, Kind
from ..models import DecidedBy, Delivery, Event
from ..models.delivery import TOLD
from ..sql import adapted, among, rows_clause, timestamp
from ..steering.preferences import Decision
from .waiting import LEAVING, read_by, waits_for

Query = tuple[str, list[Any]]  # SQL and its parameters


class Wanted(NamedTuple):
    """That a person wants to hear of a fact by a channel."""

    fact: Fact
    channel: type[Channel]
    decided_by: DecidedBy
    waits_for: str


def wanted_of(kind: Kind, decision: Decision) -> tuple[tuple[type[Channel], DecidedBy, str], ...]:
    """The channels that a decision asks for, each with the rule that said so, and what it waits for."""
    carrying = [channel for channel in channels.in_use() if channel.carries(kind)]
    said = [(channel, *decision.about(channel.switch)) for channel in carrying]
    return tuple((channel, by, waits_for(channel, kind, how)) for channel, how, by in said if how in LEAVING)


def keep_back(wanted: Sequence[Wanted], now: datetime) -> dict[Wanted, Event.Mail]:
    """Those that nothing is sent of, and why: told too late, or by an earlier one of the same."""
    kept: dict[Wanted, Event.Mail] = {}
    for one in wanted:
        # After an outage, an import or a restored backup: old news waits in the inbox, and rings nobody.
        if one.fact.created_at < now - kinds.type_names[one.fact.kind].mail_expires_after:
            kept[one] = Event.Mail.EXPIRED
    return kept | _folded([one for one in wanted if one not in kept], now)


def _folded(wanted: Sequence[Wanted], now: datetime) -> dict[Wanted, Event.Mail]:
    """The first of a kind leaves at once; for the kind's `mail_gap` the others only fold."""
    limited = [one for one in wanted if kinds.type_names[one.fact.kind].mail_gap]
    if not limited:
        return {}
    longest = max(kinds.type_names[one.fact.kind].mail_gap or timedelta() for one in limited)
    told = set(
        Delivery.objects.filter(
            recipient_id__in=among({one.fact.recipient_id for one in limited}),
            group_key__in=among({one.fact.group_key for one in limited}, "text"),
            created_at__gt=now - longest,
        )
        .exclude(~Q(reason__in=TOLD), state=Delivery.State.SKIPPED)
        .values_list("recipient_id", "group_key", "channel")
    )
    folded = {}
    for one in limited:
        same = (one.fact.recipient_id, one.fact.group_key, one.channel.name)
        if same in told:
            folded[one] = Event.Mail.FOLDED
        told.add(same)
    return folded


def make(wanted: Iterable[Wanted], rows: Mapping[tuple[int, str], int], now: datetime) -> list[str]:
    """Write them; answers by which channels. `rows`: (recipient, group key) → the row of the inbox."""
    by_channel: dict[type[Channel], list[Wanted]] = defaultdict(list)
    for one in wanted:
        by_channel[one.channel].append(one)
    used = []
    for channel, some in by_channel.items():
        if reached := _reached(channel, some):
            told = [
                (
                    one.fact.id,
                    rows.get((one.fact.recipient_id, one.fact.group_key)),
                    one.fact.recipient_id,
                    one.decided_by,
                    kinds.type_names[one.fact.kind].is_urgent,
                    one.waits_for,
                )
                for one in reached
            ]
            columns = (
                "event_id bigint, notification_id bigint, user_id bigint, decided_by text, "
                "is_urgent boolean, waits_for text"
            )
            sql, param = rows_clause(columns, told)
            insert(channel, (sql.removeprefix("(").removesuffix(")"), [param]), now)
            used.append(channel.name)
    return used


def _reached(channel: type[Channel], wanted: list[Wanted]) -> list[Wanted]:
    if channel.reaches_most:
        return wanted
    people = {one.fact.recipient_id for one in wanted}
    reached = set(channel.reaches().filter(user_id__in=among(people)).values_list("user_id", flat=True))
    return [one for one in wanted if one.fact.recipient_id in reached]


def insert(channel: type[Channel], told: Query, now: datetime) -> int:
    """`told`: event_id, notification_id, user_id, decided_by, is_urgent, waits_for; nobody gets two."""
    sql, params = told
    with connection.cursor() as cursor:
        # What was stopped because its cause was undone is due again when that is done again.
        cursor.execute(
            f"""
            INSERT INTO notifications_delivery
                (event_id, notification_id, recipient_id, channel, group_key, state, reason,
                 created_at, due_at, worker, attempts, handovers, last_error, decided_by, is_urgent)
            SELECT told.event_id, told.notification_id, told.user_id, %s, e.group_key, 'pending',
                 told.waits_for, {timestamp()},
                 CASE told.waits_for WHEN 'unread' THEN {timestamp()} ELSE {timestamp()} END,
                 '', 0, 0, '', told.decided_by, told.is_urgent
            FROM ({sql}) AS told CROSS JOIN notifications_event e WHERE e.id = told.event_id
            ON CONFLICT (event_id, recipient_id, channel) DO UPDATE SET
                state = 'pending', reason = excluded.reason, due_at = excluded.due_at, ended_at = NULL,
                notification_id = excluded.notification_id, decided_by = excluded.decided_by,
                summary_id = NULL
            WHERE notifications_delivery.state = 'skipped' AND notifications_delivery.reason = 'undone'
            """,  # nosec B608 # names are ours, values are parameters
            [channel.name, adapted(now), adapted(read_by(channel, now)), adapted(now), *params],
        )
        return int(cursor.rowcount)
