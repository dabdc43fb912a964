"""Webhooks that this site stops: nobody wants them, nobody answers, or nobody may keep them any more."""

from django.utils import timezone

from community.models import GroupMembership
from notifications.service import NotificationService
from notifications.transactions import acting

from .kind import STOPPED
from .models import Call, Webhook
from .permissions import may_keep

State, Reason = Webhook.State, Webhook.Reason


def stop(webhook: Webhook, reason: Webhook.Reason) -> bool:
    """With what waits for it, and a notice to its keeper; False where it was stopped already."""
    now = timezone.now()
    with acting():
        stopped = Webhook.objects.filter(pk=webhook.pk).exclude(state=State.STOPPED)
        if not stopped.update(state=State.STOPPED, reason=reason, stopped_at=now):
            return False
        drop_waiting(webhook)
        webhook.state, webhook.reason, webhook.stopped_at = State.STOPPED, reason, now
        if webhook.keeper_id is not None:
            NotificationService.emit(STOPPED, webhook)
    return True


def drop_waiting(webhook: Webhook) -> None:
    Call.objects.open().filter(webhook=webhook).update(
        state=Call.State.SKIPPED, ended_at=timezone.now(), answer=""
    )


def stop_without_right(membership: GroupMembership) -> None:
    """Somebody left, or looks after the group no more: what they kept there ends with that."""
    kept = Webhook.objects.filter(group=membership.group_id, keeper=membership.user_id)
    for webhook in kept.exclude(state=State.STOPPED).select_related("group", "keeper"):
        if not may_keep(webhook.keeper, webhook.group):
            stop(webhook, Reason.NO_RIGHT)
