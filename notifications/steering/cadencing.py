"""Writing down when a person's summaries come. What waits for one already goes where it belongs now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from .. import kinds
from ..models import (
    Delivery,
    Event,
    Frequency,
    NotificationPreference,
    SummaryTimes,
)
from ..models.delivery import Cadence
from ..outgoing import joining, sending, summaries
from ..service import NotificationService
from ..sql import among
from ..transactions import acting
from .cadence import window_of
from .quiet import Window

CHOSEN = [cadence for cadence in Cadence if cadence.is_chosen]
Changes = Mapping[str, Any]
"""Field of SummaryTimes → value."""


def summary_times_of(user: Any) -> SummaryTimes:
    """Those that are stored, or the defaults."""
    return SummaryTimes.objects.filter(user_id=user.pk).first() or SummaryTimes(user_id=user.pk)


def set_summary_times(user: Any, changes: Changes) -> SummaryTimes:
    """Store what is given and leave the rest. Raises ValidationError by field."""
    with acting():
        times = summary_times_of(user)
        for field, value in changes.items():
            setattr(times, field, value)
        times.full_clean(validate_unique=False)
        times.save()
        follow(user)
    return times


def next_summaries(user: Any, times: SummaryTimes) -> dict[str, datetime]:
    """When each of them leaves next, if there is something to tell and it is not quiet."""
    now, zone = timezone.now(), ZoneInfo(user.time_zone)
    frequencies = [frequency for frequency in Frequency if frequency != Frequency.INSTANT]
    return {frequency.value: window_of(now, frequency, times, zone).end for frequency in frequencies}


def follow(user: Any) -> None:
    """What waits for this person's summaries joins those of the choices that hold now.

    What they want at once by now leaves now, as one mail.
    """
    if not summaries.waiting_for(user.pk, *CHOSEN).exists():
        return
    with transaction.atomic():  # whoever saves a person may be in none
        _move(user)
        NotificationService.wake()
        transaction.on_commit(sending.wake, robust=True)


def _move(user: Any) -> None:
    waiting = summaries.waiting_for(user.pk, *CHOSEN).order_by("pk").select_for_update()
    held = Delivery.objects.filter(
        state=Delivery.State.HELD, summary_id__in=list(waiting.values_list("pk", flat=True))
    )
    at_once = _wanted_at_once(user, dict(held.values_list("pk", "event_id")))
    if at_once:
        now = timezone.now()
        joining.hold_all(held.filter(pk__in=among(at_once)), user.pk, Cadence.TOGETHER, Window(now, now))
    summaries.release(held, Delivery.Reason.SUMMARY)


def _wanted_at_once(user: Any, events: Mapping[int, int | None]) -> list[int]:
    """Of these deliveries and their events."""
    chosen = NotificationPreference.objects.of(user).exclude(email_frequency=Frequency.INSTANT)
    summed_up = set(chosen.values_list("notification_type", flat=True))
    kinds_of = dict(Event.objects.filter(pk__in=among(events.values())).values_list("pk", "kind"))
    return [
        pk
        for pk, event_id in events.items()
        if (kind := kinds.get(kinds_of.get(event_id or 0, ""))) and kind.category not in summed_up
    ]
