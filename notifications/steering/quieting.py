"""Writing down when a person wants quiet. What waits already follows the change at once."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .. import kinds
from ..models import (
    Delivery,
    Event,
    Notification,
    QuietHours,
)
from ..models.delivery import Cadence
from ..outgoing import sending, summaries
from ..service import NotificationService
from ..sql import among
from ..transactions import acting
from . import cadencing
from .quiet import window_at

Changes = Mapping[str, Any]
"""Field of QuietHours → value; `weekdays` is a list of days."""


def quiet_hours_of(user: Any) -> QuietHours:
    """Those that are stored, or the defaults, which are off."""
    return QuietHours.objects.filter(user_id=user.pk).first() or QuietHours(user_id=user.pk)


def set_quiet_hours(user: Any, changes: Changes, *, time_zone: str = "") -> QuietHours:
    """Store what is given and leave the rest. Raises ValidationError by field."""
    with acting():
        hours = quiet_hours_of(user)
        for field, value in changes.items():
            setattr(hours, field, value)
        hours.full_clean(validate_unique=False)
        if time_zone and time_zone != user.time_zone:
            user.time_zone = get_user_model()._meta.get_field("time_zone").clean(time_zone, user)
            user.save(update_fields=["time_zone"])
        hours.save()
        follow(user)
    return hours


def follow(user: Any) -> None:
    """What waits for the end of this person's quiet hours goes when they end now: one mail, as ever.

    In the caller's transaction.
    """
    # Beside the summaries of quiet hours, those that came due in them.
    waiting = summaries.waiting_for(user.pk, *Cadence).filter(
        Q(cadence=Cadence.QUIET) | Q(reason=Delivery.Reason.QUIET)
    )
    if not waiting.exists():
        return
    hours, now = quiet_hours_of(user), timezone.now()
    window = window_at(now, hours, ZoneInfo(user.time_zone))
    waiting.update(due_at=window.end if window else now)
    if window and hours.urgent_gets_through:
        held = Delivery.objects.filter(summary_id__in=among(waiting.values_list("pk", flat=True)))
        urgent = Event.objects.filter(kind__in=_urgent_kinds()).values("pk")
        summaries.release(held.filter(state=Delivery.State.HELD, event_id__in=urgent))
    NotificationService.wake()
    transaction.on_commit(sending.wake, robust=True)


def follow_zone(
    instance: Any, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """A person moved to another time zone, wherever that was said."""
    if not created and not kwargs.get("raw") and (update_fields is None or "time_zone" in update_fields):
        follow(instance)
        cadencing.follow(instance)


def _urgent_kinds() -> list[str]:
    needs_you = Notification.Priority.NEEDS_YOU
    return [kind.type for kind in kinds.all_kinds() if kind.priority == needs_you]
