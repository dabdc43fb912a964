"""What a mail tells of: one event, or many of them grouped by thing, with the most important first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from .. import kinds
from ..models import Delivery, Event, Notification
from ..rendering import Shown, render
from .recheck import Checked

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

ITEMS_MAX = 20  # of one mail; the others are counted, and on its page
PAGE_MAX = 500


@dataclass(frozen=True, slots=True)
class Summary:
    things: list[list[Shown]]  # what happened to one post, one group …, the newest first
    count: int  # of all there is to tell
    more: int  # of those that are not among the things

    @property
    def lines(self) -> list[list[tuple[Shown, bool]]]:
        """The same, and where the line before said already what was done: then who did it is enough."""
        return [
            [
                (
                    one,
                    bool(
                        one.said and before is not None and before.notification.kind == one.notification.kind
                    ),
                )
                for before, one in zip([None, *some], some, strict=False)
            ]
            for some in self.things
        ]

    @property
    def others(self) -> int:
        return self.count - 1

    @property
    def first(self) -> Shown:
        return self.things[0][0]

    @property
    def second(self) -> Shown | None:
        """What a mail program shows beside the first, which is the subject."""
        return next((one for one in chain(*self.things) if one is not self.first), None)


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
    """For what leaves the site. Raises where nothing of it can be shown."""
    in_order = _in_order(told)
    shown = [one.outside() for one in _visible(in_order[:ITEMS_MAX], user)]
    if not shown:
        raise LookupError("What this mail is about went away while it was written.")
    return _grouped(shown, more=len(in_order[ITEMS_MAX:]))


def told_again(summary: Delivery, user: "AbstractUser") -> Summary | None:
    """All that a summary told of, as far as its recipient may see it now; None where nothing is left."""
    told = list(Delivery.objects.told_by(summary).order_by("pk")[:PAGE_MAX])
    events = Event.objects.in_bulk([delivery.event_id for delivery in told if delivery.event_id])
    rows = Notification.objects.in_bulk([one.notification_id for one in told if one.notification_id])
    members = [
        Checked(event, kind, user, rows.get(one.notification_id or 0), one.decided_by)
        for one in told
        if (event := events.get(one.event_id or 0)) and (kind := kinds.get(event.kind))
    ]
    shown = _visible(_in_order(members), user)
    return _grouped(shown, more=0) if shown else None


def about(summary: Delivery) -> dict[str, Any]:
    """For the words about it: which summary it is, since when, and whether others became one with it."""
    joined = list(Delivery.objects.joined_to(summary))
    since = min((one.window_start for one in (summary, *joined) if one.window_start), default=None)
    return {"cadence": summary.cadence, "since": since, "is_joint": bool(joined)}


def _in_order(told: Sequence[Checked]) -> list[Notification]:
    """By thing; what needs the person first, then the newest."""
    rows = {row.pk: row for row in map(row_for_mail, told)}
    by_thing = sorted(rows.values(), key=_thing)
    things = [list(some) for _thing_key, some in groupby(by_thing, key=_thing)]
    things.sort(key=lambda some: max(map(_weight, some)), reverse=True)
    return [row for some in things for row in sorted(some, key=_weight, reverse=True)]


def _visible(rows: Sequence[Notification], user: "AbstractUser") -> list[Shown]:
    return [one for one in render(rows, user) if one.content is not None]


def _grouped(shown: Sequence[Shown], *, more: int) -> Summary:
    grouped = groupby(shown, key=lambda one: _thing(one.notification))
    things = [list(some) for _thing_key, some in grouped]
    return Summary(things=things, count=len(shown) + more, more=more)


def _thing(row: Notification) -> tuple[str, int]:
    return row.target_type, row.target_id


def _weight(row: Notification) -> tuple[int, datetime, int]:
    return row.priority, row.created_at, row.event_id
