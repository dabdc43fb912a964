"""What was read anywhere is taken away from the devices that show it.

Browsers take the right to ring from whoever tells them something and shows nothing. What this tells shows
nothing new, so it is told where that is borne, once for all that was read, and not to a device in which the
site was open a moment ago: there the page has taken it away.
"""

import logging
import time
from datetime import datetime
from urllib.parse import urlsplit

from django.utils import timezone

from .. import devices
from ..channels import push
from ..channels.outbound import ForbiddenError, NoAnswerError, NotSentError
from ..models import Notification, PushSubscription
from ..sql import among
from ..transactions import dispatching
from . import holding

logger = logging.getLogger(__name__)

NEVER_SILENT = ".push.apple.com"  # three times, and the device does not ring any more
MOST = 500  # devices a turn
TURN_SECONDS, REQUEST_SECONDS = 4.0, 2.0  # other jobs wait for this one


def close_read() -> int:
    """Answers how many devices were told."""
    now, until, told = timezone.now(), time.monotonic() + TURN_SECONDS, 0
    showing = list(PushSubscription.objects.filter(shows__isnull=False).order_by("pk")[:MOST])
    if not showing or holding.is_held():
        return 0
    rows = {pk for device in showing for pk in device.shows or []}
    unread = set(Notification.objects.unread().filter(pk__in=among(rows)).values_list("pk", flat=True))
    for device in showing:
        gone = [pk for pk in device.shows or [] if pk not in unread]
        if not gone:
            continue
        if time.monotonic() > until:
            break  # the next turn goes on from here
        _forget(device, gone)
        told += _tell(device, gone, now)
    return told


def _forget(device: PushSubscription, gone: list[int]) -> None:
    """Before it is told: rather not at all than again and again."""
    with dispatching():
        mine = PushSubscription.objects.select_for_update().filter(pk=device.pk)
        for shows in mine.values_list("shows", flat=True):
            mine.update(shows=[pk for pk in shows or [] if pk not in gone] or None)


def _tell(device: PushSubscription, gone: list[int], now: datetime) -> bool:
    service = urlsplit(device.endpoint).hostname or ""
    if service.endswith(NEVER_SILENT) or devices.is_awake(device.pk) or device.waits(now):
        return False
    try:
        push.ring(device, {"close": gone}, urgency="normal", seconds=REQUEST_SECONDS)
    except (ForbiddenError, NotSentError, NoAnswerError, ValueError) as error:
        logger.info("device %s was not told what to close: %s", device.pk, error)
        return False
    return True
