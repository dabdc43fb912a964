"""From facts to inboxes: claims events and writes what follows from them, in one transaction a batch.

The claim, the Notification rows, the Delivery rows and the events' new state are committed together: a
process that dies at any instruction has either done all of it or nothing. The number of statements
is fixed, whatever the size of the batch.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from .. import kinds
from ..channels.base import Channel
from ..crash_points import reach
from ..kinds import Fact, Kind
from ..models import DecidedBy, Event, Switch
from ..models.notification import ACTORS_SAMPLE
from ..realtime import signals
from ..realtime.revisions import take_revision
from ..sql import (
    adapted,
    among,
    from_database,
    json_type,
    rows_clause,
)
from ..steering.choices import choices_about
from ..steering.preferences import Choices, decide
from . import deliveries
from .deliveries import Wanted

Group = tuple[int, str]  # recipient, group key


@dataclass(slots=True)
class _Fold:
    """Facts of one batch that become one row: the rows of the inbox, before they are written."""

    kind: Kind
    facts: list[Fact] = field(default_factory=list)

    @property
    def latest(self) -> Fact:
        return self.facts[-1]

    @property
    def actors(self) -> list[int | None]:
        """Distinct, latest first."""
        return list(dict.fromkeys(fact.actor_id for fact in reversed(self.facts)))


@dataclass(slots=True)
class _Verdict:
    outcome: Event.Outcome
    decided_by: DecidedBy = DecidedBy.DEFAULT
    mail: Event.Mail | None = None
    mail_by: DecidedBy = DecidedBy.DEFAULT
    # What leaves the site, which rule said so, and what it waits for.
    sent_by: tuple[tuple[type[Channel], DecidedBy, str], ...] = ()


def expand_facts(event_ids: Sequence[int]) -> list[str]:
    """Serve these events, each for one person; answers by which channels something leaves.

    Needs a transaction. Leaves out what another worker has claimed. Raises whatever a kind raises, and then
    nothing is written.
    """
    now = timezone.now()
    facts = _claim(event_ids)
    reach("after the claim")
    verdicts: dict[int, _Verdict] = {}
    _refuse(facts, verdicts)
    wanted = [fact for fact in facts if fact.id not in verdicts]
    _decide(wanted, verdicts)
    notification_ids = _write_notifications(
        [fact for fact in wanted if verdicts[fact.id].outcome == Event.Outcome.NOTIFIED], verdicts
    )
    reach("after the notifications")
    used = _write_deliveries(wanted, verdicts, notification_ids, now)
    reach("after the deliveries")
    _close(facts, verdicts, notification_ids, now)
    return used


def _claim(event_ids: Sequence[int]) -> list[Fact]:
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    ids, param = rows_clause("id bigint", [(event_id,) for event_id in event_ids])
    with connection.cursor() as cursor:
        # SQLite has no row locks: there the whole transaction holds the only write lock.
        cursor.execute(
            f"""
            SELECT id, kind, actor_id, recipient_id, target_type, target_id, object_id, group_key, place_id,
                watched, created_at
            FROM notifications_event WHERE id IN (SELECT v.id FROM {ids} AS v) AND state = 'pending'
            ORDER BY id {lock}
            """,  # nosec B608 # names are ours, values are parameters
            [param],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [
        Fact(*[*ids, from_database(created_at), place_id, bool(watched)])
        for *ids, place_id, watched, created_at in rows
    ]


def _refuse(facts: Sequence[Fact], verdicts: dict[int, _Verdict]) -> None:
    """What is gone, what the person may not see any more, and people who are gone themselves."""
    by_kind: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_kind[fact.kind].append(fact)
    for type_name, some in by_kind.items():
        kind = kinds.get(type_name)
        if kind is None:
            raise LookupError(f"This version of the site knows no notifications of the kind {type_name}.")
        verdicts.update({fact_id: _Verdict(outcome) for fact_id, outcome in kind.refusals(some).items()})
    people = set(
        get_user_model()
        .objects.filter(pk__in=among({fact.recipient_id for fact in facts}), is_active=True)
        .values_list("pk", flat=True)
    )
    verdicts.update(
        {fact.id: _Verdict(Event.Outcome.GONE) for fact in facts if fact.recipient_id not in people}
    )


def _decide(facts: Sequence[Fact], verdicts: dict[int, _Verdict]) -> None:
    if not facts:
        return
    choices = choices_about(facts)
    alike: dict[tuple[str, Choices, bool], _Verdict] = {}  # most people chose nothing, or the same
    for fact in facts:
        asked = (fact.kind, choices[fact.id], fact.watched)
        if (verdict := alike.get(asked)) is None:
            kind = kinds.type_names[fact.kind]
            decision = decide(kind, choices[fact.id], watched=fact.watched)
            verdict = alike[asked] = _Verdict(
                decision.outcome,
                decision.in_app_by,
                decision.mail,
                decision.mail_by,
                deliveries.wanted_of(kind, decision),
            )
        verdicts[fact.id] = replace(verdict)  # of its own: its mail may still be kept back


def _write_notifications(facts: Iterable[Fact], verdicts: Mapping[int, _Verdict]) -> Mapping[Group, int]:
    """One row for each recipient and group key; folds into the one that is unread."""
    folds: dict[Group, _Fold] = {}
    for fact in sorted(facts, key=lambda fact: (fact.created_at, fact.id)):
        group = (fact.recipient_id, fact.group_key)
        folds.setdefault(group, _Fold(kinds.type_names[fact.kind])).facts.append(fact)
    if not folds:
        return {}
    rows, param = rows_clause(
        f"first_id bigint, latest_id bigint, actor_id bigint, actor_ids {json_type()}, "
        "actors_count integer, priority smallint, decided_by text",
        [(*_notification_row(fold), verdicts[fold.latest.id].decided_by) for fold in folds.values()],
    )
    with connection.cursor() as cursor:
        # Always in the same order, so that two workers cannot each wait for a row that the other holds.
        # The predicate must be spelled as in the index: SQLite compares the two word by word.
        cursor.execute(
            f"""
            INSERT INTO notifications_notification
                (recipient_id, group_key, event_id, kind, actor_id, actor_ids, actors_count,
                 target_type, target_id, object_id, place_id, priority, created_at, decided_by, revision)
            SELECT e.recipient_id, e.group_key, v.first_id, e.kind, v.actor_id, v.actor_ids, v.actors_count,
                 e.target_type, e.target_id, e.object_id, e.place_id, v.priority, e.created_at, v.decided_by,
                 CAST(%s AS bigint)
            FROM {rows} AS v CROSS JOIN notifications_event e WHERE e.id = v.latest_id
            ORDER BY e.recipient_id, e.group_key
            ON CONFLICT (recipient_id, group_key) WHERE deleted_at IS NULL AND read_at IS NULL DO UPDATE SET
                actor_id = excluded.actor_id, object_id = excluded.object_id,
                created_at = excluded.created_at, seen_at = NULL, decided_by = excluded.decided_by,
                revision = excluded.revision,
                actors_count = notifications_notification.actors_count + excluded.actors_count
            RETURNING id, recipient_id, group_key, event_id, actor_ids
            """,  # nosec B608 # names are ours, values are parameters
            [take_revision(), param],
        )
        written = cursor.fetchall()
    _count_folded(written, folds)
    signals.changed(recipient_id for recipient_id, _group_key in folds)
    return {(recipient_id, group_key): row_id for row_id, recipient_id, group_key, _event, _actors in written}


def _notification_row(fold: _Fold) -> tuple[object, ...]:
    latest, kind, actors = fold.latest, fold.kind, fold.actors
    named = [] if kind.anonymous else actors[:ACTORS_SAMPLE]
    return (
        fold.facts[0].id, latest.id, None if kind.anonymous else latest.actor_id, named,
        len(actors), kind.priority,
    )  # fmt: skip


def _count_folded(written: Sequence[tuple[int, int, str, int, str]], folds: Mapping[Group, _Fold]) -> None:
    """Rows that were there before: count each actor once, over the events of before and of this batch."""
    rows = []
    for row_id, recipient_id, group_key, event_id, actor_ids in written:
        fold = folds[recipient_id, group_key]
        if event_id == fold.facts[0].id:
            continue  # new: what was inserted is right
        known = json.loads(actor_ids)
        sample = list(dict.fromkeys([*fold.actors, *known]))[:ACTORS_SAMPLE] if known else []
        rows.append((row_id, sample, fold.actors))
    if not rows:
        return
    values, param = rows_clause(f"id bigint, sample {json_type()}, fresh {json_type()}", rows)
    fresh = (
        "SELECT CAST(value AS bigint) FROM jsonb_array_elements_text(v.fresh)"
        if connection.vendor == "postgresql"
        else "SELECT value FROM json_each(v.fresh)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE notifications_notification
            SET actor_ids = v.sample,
                actors_count = (
                    SELECT count(*) FROM (
                        SELECT e.actor_id FROM notifications_event e
                        WHERE e.notification_id = v.id AND e.state = 'done'
                        UNION {fresh}
                    ) AS actors
                )
            FROM {values} AS v
            WHERE notifications_notification.id = v.id
            """,  # nosec B608 # names are ours, values are parameters
            [param],
        )


def _write_deliveries(
    facts: Sequence[Fact],
    verdicts: Mapping[int, _Verdict],
    notification_ids: Mapping[Group, int],
    now: datetime,
) -> list[str]:
    """Answers by which channels. Why there is no mail is kept with the event."""
    wanted = [Wanted(fact, *how) for fact in facts for how in verdicts[fact.id].sent_by]
    kept_back = deliveries.keep_back(wanted, now)
    for one, why in kept_back.items():
        if one.channel.switch == Switch.EMAIL:
            verdicts[one.fact.id].mail = why
    leaving = [one for one in wanted if one not in kept_back] if kept_back else wanted
    return deliveries.make(leaving, notification_ids, now)


def _close(
    facts: Sequence[Fact],
    verdicts: Mapping[int, _Verdict],
    notification_ids: Mapping[Group, int],
    now: datetime,
) -> None:
    if not facts:
        return
    rows = []
    for fact in facts:
        verdict = verdicts[fact.id]
        notified = verdict.outcome == Event.Outcome.NOTIFIED
        row_id = notification_ids[fact.recipient_id, fact.group_key] if notified else None
        rows.append(
            (fact.id, row_id, verdict.outcome, verdict.decided_by, verdict.mail or "", verdict.mail_by)
        )
    values, param = rows_clause(
        "id bigint, notification_id bigint, outcome text, decided_by text, mail text, mail_by text", rows
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE notifications_event
            SET state = 'done', ended_at = %s, notification_id = v.notification_id,
                outcome = v.outcome, decided_by = v.decided_by, mail = v.mail, mail_by = v.mail_by
            FROM {values} AS v WHERE notifications_event.id = v.id
            """,  # nosec B608 # names are ours, values are parameters
            [adapted(now), param],
        )
