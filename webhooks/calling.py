"""A call for each webhook of a group that wants to hear of it, in the transaction of what happened."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from notifications.runner import wake
from notifications.service import NotificationService

from .models import Call, EventType, Webhook
from .sending import LANE


def call(group_id: int, event: EventType, object_id: int, *, at: datetime | None = None) -> None:
    """Costs one short query where nobody listens."""
    if NotificationService.is_silenced():
        return
    listening = Webhook.objects.listening().filter(group=group_id)
    write([webhook for webhook in listening if event in webhook.events], event, object_id, at=at)


def write(
    webhooks: list[Webhook], event: EventType, object_id: int, *, at: datetime | None = None
) -> list[Call]:
    """Needs a transaction."""
    if not webhooks:
        return []
    happened_at = at or timezone.now()
    calls = [
        Call(webhook=webhook, event=event, object_id=object_id, happened_at=happened_at)
        for webhook in webhooks
    ]
    transaction.on_commit(_wake, robust=True)
    return Call.objects.bulk_create(calls)


def _wake() -> None:
    LANE.wake()
    wake()
