"""One person shuts out another: nothing the other does reaches them, and what is unread of it goes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import kinds
from ..models import (
    Block,
    Delivery,
    Event,
    Notification,
)
from ..outbox.withdrawal import refold, skip
from ..realtime import signals
from ..transactions import acting


def is_blocked(user: Any, other: Any) -> bool:
    return Block.objects.filter(user_id=user.pk, blocked_id=other.pk).exists()


def block(user: Any, other: Any) -> None:
    """Idempotent. What waits is asked about again before it arrives, so only what arrived is taken back."""
    if user.pk == other.pk:
        raise ValidationError(_("Nobody can block themselves."))
    with acting():
        Block.objects.get_or_create(user_id=user.pk, blocked_id=other.pk)
        _withdraw(user, other)


def unblock(user: Any, other: Any) -> bool:
    """False where there was no block. What was withdrawn does not come back."""
    with acting():
        return bool(Block.objects.filter(user_id=user.pk, blocked_id=other.pk).delete()[0])


def _withdraw(user: Any, other: Any) -> None:
    """Events before notifications, as everywhere: see `withdrawal.py`."""
    acts = Event.objects.filter(Q(recipient_id=user.pk) | Q(recipient=None), actor_id=other.pk)
    acts = acts.exclude(kind__in=[kind.type for kind in kinds.all_kinds() if kind.for_the_site])
    # What is being expanded at this moment knows nothing of the block: wait for it, and keep the rest back.
    list(acts.filter(state=Event.State.PENDING).order_by("pk").select_for_update().values_list("pk"))
    unread = Notification.objects.of(user).open()
    told = acts.filter(
        state=Event.State.DONE, recipient_id=user.pk, notification_id__in=unread.values("pk")
    ).order_by("pk")
    rows = dict(told.select_for_update().values_list("pk", "notification_id"))
    Event.objects.filter(pk__in=rows).update(
        state=Event.State.RETRACTED,
        outcome=Event.Outcome.BLOCKED,
        ended_at=timezone.now(),
        notification_id=None,
    )
    refold(row_id for row_id in set(rows.values()) if row_id)
    # Rows that were told to many at once: no event of this person's own stands behind them.
    of_audience = unread.filter(actor_id=other.pk, event_id__in=acts.filter(recipient=None).values("pk"))
    taken = list(of_audience.values_list("event_id", flat=True))
    of_audience.delete()
    skip(Delivery.objects.filter(event_id__in=[*rows, *taken], recipient_id=user.pk), Delivery.Reason.BLOCKED)
    signals.changed([user.pk])
