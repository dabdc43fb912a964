"""A clock that was set back: what was written before lies in the future, and would wait until then.

The clocks of several machines differ by seconds; more than a minute is no difference, it is another time.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from ..models import Breaker, Delivery, Event, JobRun, Worker
from ..transactions import dispatching

logger = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=1)


def mend(now: datetime | None = None) -> bool:
    """Bring back to now what was to happen at once, and let what recurs go on; True where there was need to.

    Asked by every dispatcher each few seconds: the jobs, one of which runs each quarter of a minute, tell
    whether anybody's clock was ahead of this one.
    """
    now = now or timezone.now()
    ahead = now + TOLERANCE
    if not JobRun.objects.filter(started_at__gt=ahead).exists():
        return False
    logger.warning("the clock was set back: what was written by the old one is brought back to now")
    with dispatching():
        _bring_back(now, ahead)
    return True


def _bring_back(now: datetime, ahead: datetime) -> None:
    delay = timedelta(seconds=settings.NOTIFICATION_EMAIL_DELAY_SECONDS)
    lease = timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS)
    soon = F("created_at") + delay + TOLERANCE  # what was to happen later than that was planned so, and stays
    waiting = Q(state="pending", attempts=0, created_at__gt=ahead)
    Event.objects.filter(waiting, run_at__range=(ahead, soon)).update(run_at=now)
    Delivery.objects.filter(waiting, due_at__range=(ahead, soon)).update(due_at=now + delay)
    sending = Delivery.objects.filter(state=Delivery.State.SENDING)
    sending.filter(lease_until__gt=ahead + lease).update(lease_until=now + lease)
    # Whoever lives beats again before it is missed.
    Worker.objects.filter(beat_at__gt=ahead).update(beat_at=now)
    Breaker.objects.filter(probe_at__gt=ahead).update(probe_at=now)
    JobRun.objects.filter(started_at__gt=ahead).delete()
