"""What is sent to a person outside the site, and every attempt at it."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .event import Event
from .rule import DecidedBy


class Cadence(models.TextChoices):
    """When a summary is made."""

    QUIET = "quiet", _("at the end of quiet hours")
    TOGETHER = "together", _("some minutes after another message")
    BUDGET = "budget", _("when the site may send mail again")
    HOURLY = "hourly", _("each hour")
    DAILY = "daily", _("each day")
    WEEKLY = "weekly", _("each week")

    @property
    def is_chosen(self) -> bool:
        """One that people choose for a category: the words are those of Frequency."""
        return self in (Cadence.HOURLY, Cadence.DAILY, Cadence.WEEKLY)


# The reasons of what ended as told by a summary; each summary gives its own to all that it tells of.
TOLD = ("quiet", "together", "budget", "summary")
SUMMED_UP = Q(state="skipped", reason__in=TOLD, summary_id__isnull=False)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=Delivery.State.PENDING, due_at__lte=now).order_by("due_at", "pk")

    def by(self, channel: str) -> Self:
        return self.filter(channel=channel)

    def running(self) -> Self:
        """Without those of a mailing that somebody paused."""
        return self.exclude(event_id__in=Event.objects.filter(paused_at__isnull=False).values("pk"))

    def open(self) -> Self:
        return self.filter(state__in=(Delivery.State.PENDING, Delivery.State.HELD, Delivery.State.SENDING))

    def unsent(self) -> Self:
        """What can still be stopped."""
        return self.filter(state__in=(Delivery.State.PENDING, Delivery.State.HELD))

    def members(self, summary: "Delivery") -> Self:
        """What it tells of: kept for it, or taken by it at a hand-over that led to nothing."""
        return self.filter(
            Q(state=Delivery.State.HELD) | SUMMED_UP, summary_id=summary.pk, event_id__isnull=False
        )

    def told_by(self, summary: "Delivery") -> Self:
        """What a summary that has left told of."""
        return self.filter(SUMMED_UP, summary_id=summary.pk, event_id__isnull=False)

    def joined_to(self, summary: "Delivery") -> Self:
        """The summaries that were due when it was, and became one with it."""
        return self.filter(SUMMED_UP, summary_id=summary.pk, event_id__isnull=True)


class Delivery(models.Model):
    """One message to one person about one event on one channel.

    `sending` is committed before the network is touched. A worker that dies there leaves a row whose
    lease ends; it is handed over a second time with the same Message-ID, and never a third.

    A summary is one too: it has a cadence and the start of its window instead of an event, and owns the
    deliveries that are `held` for it. In the transaction that begins its hand-over it takes them: each
    ends as told by it, or for a reason of its own. While it waits, `reason` says what for.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        HELD = "held", _("kept for later")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("refused for good")
        SKIPPED = "skipped", _("not sent")
        UNCERTAIN = "uncertain", _("perhaps sent")
        DEAD = "dead", _("given up")

    class Reason(models.TextChoices):
        """Why it was not sent, or not yet."""

        READ = "read", _("it was read in the app first")
        UNDONE = "undone", _("it was undone")
        GONE = "gone", _("what it was about is gone")
        UNPROVEN = "unproven", _("nobody has confirmed this address")
        HIDDEN = "hidden", _("this person may not see it any more")
        OPTED_OUT = "opted_out", _("switched off in this person's preferences")
        MUTED = "muted", _("this person muted the group or the post")
        BLOCKED = "blocked", _("this person blocked whoever did it")
        UNWATCHED = "unwatched", _("this person does not follow it any more")
        NOT_ASKED = "not_asked", _("mail of this comes only to those who ask for it")
        UNREAD = "unread", _("it leaves if it is not read in the app before")
        SUMMARY = "summary", _("left to the summary this person chose")
        QUIET = "quiet", _("left to the summary at the end of this person's quiet hours")
        TOGETHER = "together", _("left to one message with others that came soon after another")
        BUDGET = "budget", _("left until the site may send mail again: it had sent as much as it may")
        RESTORED = "restored", _("it waited when the site was restored from a backup")
        EMPTY = "empty", _("nothing was left to be summed up")
        NO_ADDRESS = "no_address", _("this person has no address or is not active")
        BOUNCED = "bounced", _("mail to this address comes back")
        COMPLAINED = "complained", _("our mail was marked as unwanted at this address")
        EXPIRED = "expired", _("it was too late to be of use")
        DISCARDED = "discarded", _("discarded by an administrator")
        STOPPED = "stopped", _("stopped by whoever looks after the site")
        REFUSED = "refused", _("the other side refused it")
        UNANSWERED = "unanswered", _("handed over, and nobody knows what became of it")
        EXHAUSTED = "exhausted", _("every try failed")
        ERROR = "error", _("an error in this site stopped it")
        BY_HAND = "by_hand", _("an administrator had it sent: it leaves at once, and by itself")

    event_id = models.BigIntegerField(null=True, blank=True)  # null: a summary
    notification_id = models.BigIntegerField(null=True, blank=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        null=True,  # somebody without an account: see `address`
        blank=True,
    )
    # Of a mailing, which goes to addresses and not to people (mailings.py): in small letters.
    address = models.CharField(max_length=254, blank=True, default="", db_default="")
    channel = models.CharField(max_length=8)  # the name of one of notifications/channels
    group_key = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    is_urgent = models.BooleanField(default=False, db_default=False)  # goes before all others
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # tries that ended in a definite "not now"
    handovers = models.PositiveSmallIntegerField(default=0)  # tries whose end nobody knows
    ended_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(  # which rule asked for it
        max_length=12, choices=DecidedBy.choices, blank=True, default="", db_default=""
    )
    cadence = models.CharField(max_length=8, choices=Cadence.choices, blank=True, default="", db_default="")
    window_start = models.DateTimeField(null=True, blank=True)  # of a summary: what waited since then
    summary_id = models.BigIntegerField(null=True, blank=True)  # the summary it is kept for, or was told in

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event_id", "recipient", "channel"], name="ntf_delivery_once"),
            models.UniqueConstraint(
                fields=["event_id", "address"], name="ntf_delivery_address_once", condition=~Q(address="")
            ),
            models.UniqueConstraint(
                fields=["recipient", "channel", "cadence", "window_start"],
                name="ntf_summary_once",
                condition=Q(window_start__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "is_urgent", "due_at", "id"],
                name="ntf_delivery_lane",
                condition=Q(state="pending"),
            ),
            models.Index(fields=["lease_until"], name="ntf_delivery_sending", condition=Q(state="sending")),
            models.Index(fields=["recipient", "group_key", "created_at"], name="ntf_delivery_recent"),
            models.Index(fields=["notification_id"], name="ntf_delivery_notification"),
            models.Index(
                fields=["recipient", "ended_at"], name="ntf_delivery_sent", condition=Q(state="sent")
            ),
            models.Index(
                fields=["summary_id"], name="ntf_delivery_members", condition=Q(summary_id__isnull=False)
            ),
            models.Index(fields=["ended_at"], name="ntf_delivery_ended", condition=Q(ended_at__isnull=False)),
            # What is looked for by its state: kept for later, or ended as somebody may want to look at.
            models.Index(
                fields=["state", "channel", "id"],
                name="ntf_delivery_asked_for",
                condition=Q(state__in=("held", "dead", "failed", "uncertain")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} for {self.recipient_id or self.address}: {self.state}"

    @staticmethod
    def end_in_words(state: str, reason: str) -> str:
        """The state, and the reason where there is one."""
        words = str(Delivery.State(state).label)
        return f"{words}: {Delivery.Reason(reason).label}" if reason else words

    @property
    def is_summary(self) -> bool:
        return self.event_id is None

    @property
    def told_as(self) -> "Delivery.Reason":
        """The reason that a summary gives to what waits for it, and to what it has told of."""
        is_chosen = Cadence(self.cadence).is_chosen
        return Delivery.Reason.SUMMARY if is_chosen else Delivery.Reason(self.cadence)


class Attempt(models.Model):
    """One hand-over to the network, written before it and completed after. Append-only."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    worker = models.CharField(max_length=80)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=9, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["ended_at"], name="ntf_attempt_ended", condition=Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} at {self.started_at:%Y-%m-%d %H:%M:%S}"
