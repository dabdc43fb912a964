"""Addresses that mail comes back from, and what came back."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .delivery import Delivery

ADDRESS_LENGTH = 254


class Cause(models.TextChoices):
    """What a bounce says, to whoever owns the mailbox as to whoever looks after the site."""

    NO_MAILBOX = "no_mailbox", _("there is no such mailbox")
    DISABLED = "disabled", _("the mailbox is switched off")
    FULL = "full", _("the mailbox is full")
    UNREACHABLE = "unreached", _("its mail server did not take it in time")
    REFUSED = "refused", _("its mail server refused it")
    POLICY = "policy", _("its mail server does not want such mail, or mail from here")
    DELAYED = "delayed", _("it is late, and may still arrive")
    COMPLAINT = "complaint", _("it was marked as unwanted in that mailbox")


class Bounce(models.Model):
    """One report about one mail, or one refusal of it. Append-only; `key` is the same for each copy of it."""

    class Source(models.TextChoices):
        SERVER = "server", _("the mail server, when it was handed over")
        REPORT = "report", _("a report that came by mail")
        PROVIDER = "provider", _("the provider that sends our mail")

    key = models.CharField(max_length=100, unique=True)
    address = models.CharField(max_length=ADDRESS_LENGTH)  # in small letters
    cause = models.CharField(max_length=10, choices=Cause)
    source = models.CharField(max_length=8, choices=Source)
    words = models.CharField(max_length=500, blank=True)  # the other side's
    delivery_id = models.BigIntegerField(
        null=True, blank=True
    )  # the mail that came back, where that is known
    received_at = models.DateTimeField(default=timezone.now)
    has_counted = models.BooleanField(default=False)  # else it says nothing against the address

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        indexes = [
            models.Index(fields=["address", "received_at"], name="ntf_bounce_address"),
            models.Index(fields=["delivery_id"], name="ntf_bounce_delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.cause}"


class Suppression(models.Model):
    """What is held against an address, as of `scored_at`: it is worth less from day to day.

    Where it is too much, `stops` says so, and mail there ends unsent with that as its reason. Every sending
    asks this table: it has no row for an address that mail never came back from.
    """

    class Stops(models.TextChoices):
        BOUNCED = Delivery.Reason.BOUNCED.value, Delivery.Reason.BOUNCED.label
        COMPLAINED = Delivery.Reason.COMPLAINED.value, Delivery.Reason.COMPLAINED.label

    address = models.CharField(max_length=ADDRESS_LENGTH, unique=True)  # in small letters
    stops = models.CharField(max_length=10, choices=Stops, blank=True)  # empty: mail goes there
    cause = models.CharField(max_length=10, choices=Cause)  # of the last bounce that counted
    words = models.CharField(max_length=500, blank=True)  # the other side's, then
    score = models.FloatField(default=0)
    scored_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(default=timezone.now)  # the first of those that count now
    last_at = models.DateTimeField(default=timezone.now)
    count = models.PositiveIntegerField(default=0)  # since then
    stopped_at = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(
        null=True, blank=True
    )  # when its owner or the staff last had mail go again
    resumes = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(
        null=True, blank=True
    )  # when mail that somebody asked for went all the same

    class Meta:
        verbose_name = _("address that mail comes back from")
        verbose_name_plural = _("addresses that mail comes back from")

    def __str__(self) -> str:
        return self.address
