"""Web push: to every device of a person that said yes, by the push service of its browser (RFC 8030).

A delivery is one person's, and a hand-over goes to all of their devices. What some of them have and others
not yet is kept, so that a later try rings only where it did not ring. Devices of one person that fail
make nobody else wait: each is left alone for a time of its own.
"""

import base64
import hashlib
import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..composing import push
from ..models import Delivery, Notification, PushReceipt, PushSubscription, Switch
from ..outgoing.recheck import Checked
from ..transactions import dispatching
from . import vapid
from .base import Answer, Channel, Result
from .outbound import ForbiddenError, NoAnswerError, NotSentError, Reply, post

logger = logging.getLogger(__name__)

TTL_SECONDS = 24 * 60 * 60  # so long the service keeps it for a device that is off
REQUEST_SECONDS = 10.0
HAND_OVER_SECONDS = 25  # for all devices of a person; a lease is longer
GIVEN_UP = (20, timedelta(days=14))  # failures since it last worked, and how long ago that was
PAUSE_MAX_SECONDS = 300.0  # for a device that fails, where its service does not say how long
GONE = (404, 410)
NOT_NOW = (401, 403, 408, 429)  # the first two: it does not know us, by a clock or a key that is wrong
URGENCY = {
    Notification.Priority.NEEDS_YOU: "high",
    Notification.Priority.ABOUT_YOU: "normal",
    Notification.Priority.AROUND_YOU: "low",
}


class Message(NamedTuple):
    delivery_id: int
    devices: Sequence[PushSubscription]  # that do not have it yet
    payload: push.Payload
    urgency: str


class Told(NamedTuple):
    """What became of it at one device."""

    device: PushSubscription
    result: Result
    words: str
    wait_seconds: float = 0
    was_tried: bool = True
    is_gone: bool = False


class PushChannel(Channel):
    name = "push"
    label = _("Push")
    switch = Switch.PUSH
    sums_up = True
    has_breaker = False  # every service by itself, see `_pause`

    @classmethod
    def threads(cls) -> int:
        return int(settings.NOTIFICATION_PUSH_THREADS)

    @classmethod
    def reaches(cls) -> QuerySet[Any]:
        return PushSubscription.objects.values("user_id")

    def compose(self, delivery: Delivery, checked: Checked) -> Message:
        urgency = URGENCY[Notification.Priority(checked.kind.priority)]
        return Message(delivery.pk, _missing(delivery), push.compose(checked), urgency)

    def compose_summary(self, delivery: Delivery, told: Sequence[Checked]) -> Message:
        return Message(delivery.pk, _missing(delivery), push.compose_summary(told), "normal")

    def hand_over(self, message: Message) -> Answer:
        now, until = timezone.now(), time.monotonic() + HAND_OVER_SECONDS
        told = [_tell(device, message, now, until) for device in message.devices]
        _write_down(message, told, now)
        words = "; ".join(f"{one.device.label}: {one.words}" for one in told)
        if waiting := [one for one in told if one.result is Result.LATER]:
            return Answer(Result.LATER, words, int(max(one.wait_seconds for one in waiting)) + 1)
        if any(one.result is Result.SENT for one in told) or not told:
            return Answer(Result.SENT, words)  # not told: an earlier try reached all that are left
        return Answer(Result.REFUSED, words)

    def close(self) -> None:
        """Each request has a connection of its own."""


def _missing(delivery: Delivery) -> list[PushSubscription]:
    """Those that work first."""
    have = PushReceipt.objects.filter(delivery=delivery).values("subscription_id")
    mine = PushSubscription.objects.filter(user_id=delivery.recipient_id or 0).exclude(pk__in=have)
    return list(mine.order_by("failures", "pk"))


def _tell(device: PushSubscription, message: Message, now: datetime, until: float) -> Told:
    if wait := device.waits(now):
        return Told(device, Result.LATER, "left alone for a while", wait, was_tried=False)
    if time.monotonic() > until:
        return Told(device, Result.LATER, "no time left for it", was_tried=False)
    try:
        reply = ring(device, message.payload, urgency=message.urgency, seconds=REQUEST_SECONDS)
    except (NotSentError, NoAnswerError) as error:
        # Without an answer it may have arrived: told again, it takes the place of itself.
        return Told(device, Result.LATER, f"{error}", _pause(device))
    except ForbiddenError as error:
        return Told(device, Result.REFUSED, f"{error}")
    except Exception as error:  # of a key that does not fit: other devices are told nevertheless
        logger.exception("device %s could not be told", device.pk)
        return Told(device, Result.LATER, f"{type(error).__name__}: {error}", _pause(device))
    if 200 <= reply.status < 300:
        return Told(device, Result.SENT, str(reply.status))
    if reply.status in NOT_NOW or reply.status >= 500:
        return Told(device, Result.LATER, reply.words, max(_pause(device), reply.wait_seconds(now)))
    return Told(device, Result.REFUSED, reply.words, is_gone=reply.status in GONE)


def _pause(device: PushSubscription) -> float:
    """How long it is left alone. The message itself is repeated by its own schedule."""
    schedule = settings.NOTIFICATION_RETRY_SECONDS
    return min(float(schedule[min(device.failures, len(schedule) - 1)]), PAUSE_MAX_SECONDS)


def _write_down(message: Message, told: Sequence[Told], now: datetime) -> None:
    """What is known of the devices by now."""
    is_incomplete = any(one.result is Result.LATER for one in told)
    with dispatching():
        for one in told:
            device = PushSubscription.objects.filter(pk=one.device.pk)
            if one.result is Result.SENT:
                shows = one.device.shows_as_well(message.payload["id"])
                worked = device.update(last_used_at=now, failures=0, wait_until=None, shows=shows)
                if worked and is_incomplete:
                    PushReceipt.objects.get_or_create(
                        delivery_id=message.delivery_id, subscription_id=one.device.pk
                    )
            elif one.is_gone or _is_given_up(one.device, now):
                device.delete()
            elif one.was_tried:
                rest = now + timedelta(seconds=one.wait_seconds) if one.wait_seconds else None
                device.update(failures=F("failures") + 1, wait_until=rest)


def _is_given_up(device: PushSubscription, now: datetime) -> bool:
    failures, since = GIVEN_UP
    return device.failures >= failures and (device.last_used_at or device.created_at) < now - since


def ring(device: PushSubscription, payload: push.Payload, *, urgency: str, seconds: float) -> Reply:
    """One request to its service; what is said is for this device alone (RFC 8291). Raises as `post` does."""
    from pywebpush import WebPusher  # with the first push, not with the site: it brings 25 MB

    keys = {"p256dh": device.p256dh, "auth": device.auth}
    pusher = WebPusher({"endpoint": device.endpoint, "keys": keys})
    sealed = bytes(pusher.encode(push.packed(payload))["body"])
    headers = {
        "Authorization": vapid.authorization(device.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(TTL_SECONDS),
        "Urgency": urgency,
    }
    if tag := payload.get("tag"):
        # Of what the device has not fetched yet, the newest of one topic takes the place of the others.
        topic = hashlib.sha256(f"{device.user_id} {tag}".encode()).digest()[:24]
        headers["Topic"] = base64.urlsafe_b64encode(topic).decode()
    return post(device.endpoint, body=sealed, headers=headers, seconds=seconds)
