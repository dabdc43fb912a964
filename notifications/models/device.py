"""The browsers that ring when no page of the site is open in them."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from .delivery import Delivery

ENDPOINT_LENGTH = 1000
SHOWN_MAX = 30


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def of(self, user: Any) -> Self:
        return self.filter(user_id=user.pk)

    def latest_first(self) -> Self:
        return self.order_by(Coalesce("last_used_at", "created_at").desc(), "-pk")


class PushSubscription(models.Model):
    """One browser on one device, as its push service knows it. Whoever has the endpoint can ring it, though
    only we can say anything: it is shown to nobody."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    endpoint = models.CharField(max_length=ENDPOINT_LENGTH)
    p256dh = models.CharField(max_length=100)  # its public key, and its secret: what is sent is for it alone
    auth = models.CharField(max_length=40)
    label = models.CharField(max_length=60)  # "Firefox on Android"
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)  # when something last arrived at its service
    failures = models.PositiveIntegerField(default=0)  # since then
    wait_until = models.DateTimeField(null=True, blank=True)  # its service asked for it, or failed
    shows = models.JSONField(null=True, blank=True)  # rows of the inbox whose notices may stand there unread

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint"], name="ntf_push_endpoint_once")]
        indexes = [models.Index(fields=["user"], name="ntf_push_user")]

    def __str__(self) -> str:
        return f"{self.label} of {self.user_id}"

    def shows_as_well(self, row_id: int | None) -> list[int] | None:
        """What it shows with this one: the newest of it."""
        if row_id is None:
            return self.shows
        return [*(pk for pk in self.shows or [] if pk != row_id), row_id][-SHOWN_MAX:]

    def waits(self, now: datetime) -> float:
        """For how many seconds it is to be left alone."""
        return (self.wait_until - now).total_seconds() if self.wait_until and self.wait_until > now else 0.0


class PushReceipt(models.Model):
    """That a device has what others of the same person do not have yet: it is not sent to it again."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    subscription = models.ForeignKey(
        PushSubscription, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "delivery"], name="ntf_push_receipt_once")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} at {self.subscription_id}"
