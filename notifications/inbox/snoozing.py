"""Until when something sleeps: a few times that people mean, or one of their own. In the active time zone."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MORNING = time(8)
LATER = timedelta(hours=3)
LONGEST = timedelta(days=366)


class Nap(TextChoices):
    LATER = "later", gettext_lazy("Later today")
    TOMORROW = "tomorrow", gettext_lazy("Tomorrow morning")
    NEXT_WEEK = "next-week", gettext_lazy("Next week")

    def until(self, now: datetime) -> datetime:
        here = timezone.localtime(now)
        if self is Nap.LATER:
            # On the hour: a time one can expect. The arithmetic is done on the clock of the world.
            later = timezone.localtime(now + LATER + timedelta(minutes=30))
            return later.replace(minute=0, second=0, microsecond=0)
        if self is Nap.TOMORROW:
            return _morning(here, days=1)
        # A Monday, and on a Sunday not what is tomorrow.
        days = 7 - here.weekday()
        return _morning(here, days=days if days > 1 else 8)


@dataclass(frozen=True, slots=True)
class Offer:
    nap: Nap
    until: datetime


def offers(now: datetime) -> list[Offer]:
    """Late in the evening nothing is later today."""
    today = timezone.localdate(now)
    found = [Offer(nap, nap.until(now)) for nap in Nap]
    return [offer for offer in found if offer.nap is not Nap.LATER or offer.until.date() == today]


def objection(until: datetime, now: datetime) -> str:
    """Why nothing can sleep until then, or nothing."""
    if until <= now:
        return _("This time is over already.")
    if until > now + LONGEST:
        return _("This is more than a year away.")
    return ""


def _morning(here: datetime, *, days: int) -> datetime:
    return datetime.combine(here.date() + timedelta(days=days), MORNING, here.tzinfo)
