"""What a mail tells of: one event, or many of them grouped by thing, with the most important first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from ..models import Notification
from ..rendering import Shown, render
from .recheck import Checked

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

ITEMS_MAX = 20  # of one summary; the others are counted


@dataclass(frozen=True, slots=True)
class Summary:
    things: list[list[Shown]]  # what happened to one post, one group …, the newest first
    count: int  # of all there is to tell
    more: int  # of those that are not among the things

    @property
    def others(self) -> int:
        return self.count - 1

    @property
    def first(self) -> Shown:
        return self.things[0][0]


def row_for_mail(checked: Checked) -> Notification:
    """A mail tells of its own event; only kinds whose mails fold tell of all that is folded by now."""
    event, kind = checked.event, checked.kind
    if kind.mail_gap and checked.row:
        return checked.row
    return Notification(
        pk=-event.pk,  # of no row, and of no other event
        recipient_id=checked.recipient.pk,
        event_id=event.pk,
        kind=event.kind,
        group_key=event.group_key,
        actor_id=None if kind.anonymous else event.actor_id,
        actor_ids=[] if kind.anonymous else [event.actor_id],
        target_type=event.target_type,
        target_id=event.target_id,
        object_id=event.object_id,
        priority=kind.priority,
        created_at=event.created_at,
        decided_by=checked.decided_by,
    )


def sum_up(told: Sequence[Checked], user: "AbstractUser") -> Summary:
    """What needs the person first, then the newest. Raises where nothing of it can be shown."""
    rows = {row.pk: row for row in map(row_for_mail, told)}
    by_thing = sorted(rows.values(), key=_thing)
    things = [list(some) for _thing_key, some in groupby(by_thing, key=_thing)]
    things.sort(key=lambda some: max(map(_weight, some)), reverse=True)
    in_order = [row for some in things for row in sorted(some, key=_weight, reverse=True)]
    shown = [one.outside() for one in render(in_order[:ITEMS_MAX], user) if one.content is not None]
    if not shown:
        raise LookupError("What this mail is about went away while it was written.")
    grouped = groupby(shown, key=lambda one: _thing(one.notification))
    return Summary(
        things=[list(some) for _thing_key, some in grouped],
        count=len(shown) + len(in_order[ITEMS_MAX:]),
        more=len(in_order[ITEMS_MAX:]),
    )


def _thing(row: Notification) -> tuple[str, int]:
    return row.target_type, row.target_id


def _weight(row: Notification) -> tuple[int, datetime]:
    return row.priority, row.created_at
