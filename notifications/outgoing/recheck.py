"""The last look before something leaves the site. One function for all channels; its answer is stored."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Value
from django.utils import timezone

from .. import channels, kinds
from ..bouncing import suppressing
from ..channels.base import Channel
from ..kinds import Fact, Kind
from ..mailings import Mailing
from ..models import Delivery, Event, Notification, Switch
from ..outbox.stopping import is_over
from ..steering.choices import choices_about
from ..steering.preferences import decide


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be sent now, and the rows that said so: who writes the message need not ask again."""

    event: Event
    kind: Kind
    recipient: Any
    row: Notification | None  # None where the person keeps the kind out of the inbox
    decided_by: str = ""  # which rule asked for it
    for_summary: bool = False  # the person wants it in the next summary they chose, and not by itself


def check(delivery: Delivery) -> Checked | Delivery.Reason:
    """What to send, or why not. Asks everything anew: much can change in a queue."""
    if delivery.address:
        return _check_copy(delivery)
    return check_all([delivery])[delivery.pk]


def check_all(
    deliveries: Sequence[Delivery], *, as_of: datetime | None = None
) -> dict[int, Checked | Delivery.Reason]:
    """Of several to one person by one channel, by their ids; in a fixed number of queries for each kind.

    `as_of`: what was not too late to be told then is not so now. A summary tells of a whole week.
    """
    [(recipient_id, name)] = {(delivery.recipient_id or 0, delivery.channel) for delivery in deliveries}
    channel = channels.by_name(name)
    reached = get_user_model().objects.filter(pk__in=channel.reaches().filter(user_id=recipient_id))
    # Quiet hours come with their person: who asks next whether it is quiet need not ask the database.
    people = reached.filter(pk=recipient_id, is_active=True)
    recipient = channel.with_standing(people.select_related("quiet_hours")).first()
    if recipient is None:
        return {delivery.pk: Delivery.Reason.NO_ADDRESS for delivery in deliveries}
    events = Event.objects.in_bulk([d.event_id for d in deliveries if d.event_id])
    rows = Notification.objects.in_bulk([d.notification_id for d in deliveries if d.notification_id])
    asked: dict[int, Checked] = {}
    ended: dict[int, Delivery.Reason] = {}
    for delivery in deliveries:
        event = events.get(delivery.event_id or 0)
        row = rows.get(delivery.notification_id or 0)
        if reason := _too_late(delivery, event, row, as_of or timezone.now()):
            ended[delivery.pk] = reason
        elif event is not None:
            asked[delivery.pk] = Checked(
                event, kinds.type_names[event.kind], recipient, row, delivery.decided_by
            )
    wanted = _wanted(list(asked.values()), channel.switch)
    return ended | {pk: _unless_refused(wanted[one.event.pk], channel) for pk, one in asked.items()}


def _unless_refused(said: Checked | Delivery.Reason, channel: type[Channel]) -> Checked | Delivery.Reason:
    return said if isinstance(said, Delivery.Reason) else channel.refusal(said.recipient, said.kind) or said


def _check_copy(delivery: Delivery) -> Checked | Delivery.Reason:
    """Of a mailing: it says itself who still gets it."""
    stops = suppressing.stopped_as(Value(delivery.address))
    event: Any = Event.objects.annotate(mail_stops=stops).filter(pk=delivery.event_id or 0).first()
    if event is None:
        return Delivery.Reason.GONE
    kind = kinds.get(event.kind)
    if not isinstance(kind, Mailing):
        raise LookupError(f"This version of the site knows no mailing of the kind {event.kind}.")
    if ended := _ended(event):
        return ended
    if event.created_at < timezone.now() - kind.mail_expires_after:
        return Delivery.Reason.EXPIRED
    reader = kind.reader(event, delivery)
    if isinstance(reader, Delivery.Reason):
        return reader
    return suppressing.refusal(event.mail_stops, kind) or Checked(event, kind, reader, None)


def _too_late(
    delivery: Delivery, event: Event | None, row: Notification | None, as_of: datetime
) -> Delivery.Reason | None:
    if event is None:
        return Delivery.Reason.GONE
    if ended := _ended(event):
        return ended
    if delivery.notification_id is not None:
        if row is None:
            return Delivery.Reason.UNDONE
        if row.read_at or row.deleted_at or row.snoozed_until:
            return Delivery.Reason.READ
    if event.created_at < as_of - kinds.type_names[event.kind].mail_expires_after:
        return Delivery.Reason.EXPIRED
    return None


def _wanted(asked: Sequence[Checked], switch: Switch) -> dict[int, Checked | Delivery.Reason]:
    """By event id; or why its recipient does not want to hear of it, or may not any more."""
    if not asked:
        return {}
    facts = [fact_of(one.event, one.recipient.pk) for one in asked]
    choices = choices_about(facts)
    found: dict[int, Checked | Delivery.Reason] = {}
    by_kind: dict[Kind, list[Fact]] = defaultdict(list)
    for one, fact in zip(asked, facts, strict=True):
        said, _by = decide(one.kind, choices[fact.id], watched=fact.watched).about(switch)
        if said in (Event.Mail.QUEUED, Event.Mail.SUMMARY):
            by_kind[one.kind].append(fact)
            found[fact.id] = replace(one, for_summary=said == Event.Mail.SUMMARY)
        else:
            # The same words for both; a kind that lost a channel with a new version asks nobody any more.
            found[fact.id] = Delivery.Reason(said or Event.Mail.NOT_ASKED)
    for kind, some in by_kind.items():
        found |= {fact_id: Delivery.Reason(outcome.value) for fact_id, outcome in kind.refusals(some).items()}
    return found


def hidden_of(rows: Iterable[Notification]) -> set[int]:
    """Of rows of the inbox, those whose thing is gone, or that their person may not see any more."""
    rows = [row for row in rows if row.kind in kinds.type_names]
    events = Event.objects.in_bulk([row.event_id for row in rows])
    by_kind: dict[str, list[Fact]] = defaultdict(list)
    for row in rows:
        if event := events.get(row.event_id):
            by_kind[row.kind].append(fact_of(event, row.recipient_id)._replace(id=row.pk))
    return {row_id for name, facts in by_kind.items() for row_id in kinds.type_names[name].refusals(facts)}


def _ended(event: Event) -> Delivery.Reason | None:
    if event.state == Event.State.RETRACTED:
        return Delivery.Reason.UNDONE
    if event.outcome == Event.Outcome.STOPPED:
        return Delivery.Reason.STOPPED
    if event.outcome == Event.Outcome.EXPIRED or is_over(event):
        return Delivery.Reason.EXPIRED
    return None


def fact_of(event: Event, recipient_id: int) -> Fact:
    return Fact(
        event.pk, event.kind, event.actor_id, recipient_id, event.target_type, event.target_id,
        event.object_id, event.group_key, event.created_at, event.place_id, event.watched,
    )  # fmt: skip
