"""The last look before something leaves the site. One function for all channels; its answer is stored."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from . import kinds
from .choices import choices_of
from .kinds import Fact, Kind
from .models import Delivery, Event, Notification
from .preferences import decide
from .stopping import is_over

_REFUSED = {Event.Outcome.GONE: Delivery.Reason.GONE, Event.Outcome.HIDDEN: Delivery.Reason.HIDDEN}


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be sent now, and the rows that said so: who writes the message need not ask again."""

    event: Event
    kind: Kind
    recipient: Any
    row: Notification | None  # None where the person keeps the kind out of the inbox


def check(delivery: Delivery) -> Checked | Delivery.Reason:
    """What to send, or why not. Asks everything anew: much can change in a queue."""
    event = Event.objects.filter(pk=delivery.event_id).first()
    if event is None:
        return Delivery.Reason.GONE
    if ended := _ended(event):
        return ended
    recipient = (
        get_user_model().objects.filter(pk=delivery.recipient_id, is_active=True).exclude(email="").first()
    )
    if recipient is None:
        return Delivery.Reason.NO_ADDRESS
    row = None
    if delivery.notification_id is not None:
        row = Notification.objects.filter(pk=delivery.notification_id).first()
        if row is None:
            return Delivery.Reason.UNDONE
        if row.read_at or row.deleted_at:
            return Delivery.Reason.READ
    kind = kinds.type_names[event.kind]
    if event.created_at < timezone.now() - kind.mail_expires_after:
        return Delivery.Reason.EXPIRED
    choices = choices_of([delivery.recipient_id], event, kind)[delivery.recipient_id]
    mail = decide(kind, choices, watched=event.watched).mail
    if mail != Event.Mail.QUEUED:
        # The same words for both; a kind that lost its mail with a new version asks nobody any more.
        return Delivery.Reason(mail or Event.Mail.NOT_ASKED)
    refused = kind.refusals([fact_of(event, delivery.recipient_id)]).get(event.pk)
    return _REFUSED[refused] if refused else Checked(event, kind, recipient, row)


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
