"""Whom a group tells what happens in it, and each time that it was told."""

import base64
import secrets
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models import Group

URL_LENGTH = 500


class EventType(models.TextChoices):
    POST = "post.created", _("Somebody posted")
    COMMENT = "comment.created", _("Somebody commented")
    JOIN = "member.joined", _("Somebody joined")
    TEST = "webhook.test", _("A test")


WANTABLE = [EventType.POST, EventType.COMMENT, EventType.JOIN]


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def new_message_id() -> str:
    return f"msg_{secrets.token_urlsafe(18)}"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def listening(self) -> Self:
        return self.filter(state=Webhook.State.ON)


class Webhook(models.Model):
    """By the right of its keeper: whoever added it, or switched it on again."""

    class State(models.TextChoices):
        ON = "on", _("on")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")

    class Reason(models.TextChoices):
        """Why this site stopped it."""

        GONE = "gone", _("The other side said that it wants no more (410).")
        FAILING = "failing", _("Nothing was taken for days.")
        NO_RIGHT = "no_right", _("Whoever kept it does not look after this group any more.")

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="webhooks")
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    url = models.CharField(_("address"), max_length=URL_LENGTH)
    events = models.JSONField(default=list)  # of EventType
    secret = models.CharField(max_length=64, default=new_secret)
    old_secret = models.CharField(max_length=64, blank=True)  # signs as well for a day after it was replaced
    rotated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ON)
    reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)  # since something was taken
    failing_since = models.DateTimeField(null=True, blank=True)
    wait_until = models.DateTimeField(null=True, blank=True)  # nothing is sent before: it failed, or asked

    objects = WebhookQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["keeper", "group"], name="webhook_keeper")]

    def __str__(self) -> str:
        return self.host

    def get_absolute_url(self) -> str:
        return reverse("webhook", args=[self.pk])

    @property
    def host(self) -> str:
        """What it is called: the rest of the address may be a secret of the other side."""
        return urlsplit(self.url).hostname or ""


class CallQuerySet(models.QuerySet["Call"]):
    def due(self, now: datetime) -> Self:
        """What waits for its time, and what somebody who died was sending."""
        rested = Q(webhook__wait_until=None) | Q(webhook__wait_until__lte=now)
        return self.open().filter(rested, due_at__lte=now).order_by("due_at", "pk")

    def open(self) -> Self:
        return self.filter(state__in=(Call.State.PENDING, Call.State.SENDING))


class Call(models.Model):
    """That one webhook is told of one fact: written in the transaction of the fact. Ids only; the words are
    made when it is sent, from what is there then."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENDING = "sending", _("being sent")
        TAKEN = "taken", _("taken")
        FAILED = "failed", _("given up")
        SKIPPED = "skipped", _("not sent")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, db_index=False, related_name="calls")
    message_id = models.CharField(max_length=40, default=new_message_id)  # the same however often it is sent
    event = models.CharField(max_length=16, choices=EventType.choices)
    object_id = models.BigIntegerField()
    happened_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State.choices, default=State.PENDING)
    due_at = models.DateTimeField(default=timezone.now)  # while it is being sent: when that counts as failed
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # of HTTP, the last
    answer = models.CharField(max_length=200, blank=True)  # the other side's words, the last
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="webhook_call_due",
                condition=Q(state__in=["pending", "sending"]),
            ),
            models.Index(fields=["webhook", "-id"], name="webhook_call_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"
