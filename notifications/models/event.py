"""The outbox: one row for each fact that may concern somebody, written in the transaction of the fact."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .rule import DecidedBy

KEY_LENGTH = 160
UNWANTED = ("opted_out", "muted", "blocked", "unwatched")  # outcomes: kept out by a choice of the person


class EventQuerySet(models.QuerySet["Event"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=Event.State.PENDING, run_at__lte=now).order_by("run_at", "pk")

    def about(self, target_type: str, target_id: int) -> Self:
        return self.filter(target_type=target_type, target_id=target_id)


class Event(models.Model):
    """A fact (`object`, for instance a reaction) that `actor` brought about on a thing (`target`, a post).

    With a `recipient` it concerns that one person; without, it is for an audience that its kind
    resolves, in chunks whose progress is `cursor`. Its `state` changes in the transaction that writes
    what follows from it, so that it needs no lease: a killed process leaves it as it was.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        DONE = "done", _("done")
        RETRACTED = "retracted", _("retracted")
        DEAD = "dead", _("dead")

    class Outcome(models.TextChoices):
        """Why it ended as it did."""

        NOTIFIED = "notified", _("is in the inbox")
        EXPANDED = "expanded", _("is in the inbox of everybody it concerned")
        OPTED_OUT = "opted_out", _("switched off in this person's preferences")
        MUTED = "muted", _("this person muted the group or the post")
        BLOCKED = "blocked", _("this person blocked whoever did it")
        UNWATCHED = "unwatched", _("this person does not follow it any more")
        HIDDEN = "hidden", _("this person may not see it any more")
        GONE = "gone", _("what it was about is gone")
        UNDONE = "undone", _("it was undone")
        SILENCED = "silenced", _("made by an import, which notifies nobody")
        DISCARDED = "discarded", _("discarded by an administrator")
        STOPPED = "stopped", _("stopped by whoever looks after the site; what was unread was taken back")
        EXPIRED = "expired", _("its time is over; what was unread was taken back")
        FAILED = "failed", _("failed too often")
        CRASHED = "crashed", _("its worker crashed too often")

    class Mail(models.TextChoices):
        """Whether a mail was made of it, and why not."""

        QUEUED = "queued", _("a mail was made of it")
        OPTED_OUT = "opted_out", _("mail is switched off in this person's preferences")
        MUTED = "muted", _("this person muted the group or the post")
        BLOCKED = "blocked", _("this person blocked whoever did it")
        UNWATCHED = "unwatched", _("this person does not follow it any more")
        NOT_ASKED = "not_asked", _("mail of this comes only to those who ask for it")
        SUMMARY = "summary", _("it joins the summary this person chose")
        FOLDED = "folded", _("an earlier mail of the last 24 hours already said so")
        EXPIRED = "expired", _("it was too late to be of use")

    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=KEY_LENGTH)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    target_type = models.CharField(max_length=24)
    target_id = models.BigIntegerField()
    object_id = models.BigIntegerField()
    place_id = models.BigIntegerField(null=True, blank=True)  # where it happened, for instance a group
    group_key = models.CharField(max_length=64)

    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    run_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0)  # the last person of the audience who was served
    told = models.PositiveIntegerField(default=0, db_default=0)  # people of the audience who have a row of it
    paused_at = models.DateTimeField(null=True, blank=True)  # of a mailing: nothing of it leaves meanwhile
    withdraw_at = models.DateTimeField(null=True, blank=True)  # of an audience: see stopping.py
    attempts = models.PositiveSmallIntegerField(default=0)  # times it failed by an error
    crashes = models.PositiveSmallIntegerField(default=0)  # times its worker died with it in hand
    last_error = models.CharField(max_length=500, blank=True)
    notification_id = models.BigIntegerField(null=True, blank=True)  # the row it made or was folded into
    mail = models.CharField(max_length=10, choices=Mail.choices, blank=True)  # empty: its kind is not mailed
    # Which rule let it into the inbox, or kept it out; and the same of its mail.
    decided_by = models.CharField(
        max_length=12, choices=DecidedBy.choices, blank=True, default="", db_default=""
    )
    mail_by = models.CharField(
        max_length=12, choices=DecidedBy.choices, blank=True, default="", db_default=""
    )
    # It concerns the recipient only because they watch where it happened.
    watched = models.BooleanField(default=False, db_default=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            # Not `unique=True`: on PostgreSQL that brings a second index, for LIKE, to every write.
            models.UniqueConstraint(fields=["key"], name="ntf_event_key_once"),
        ]
        indexes = [
            models.Index(fields=["run_at", "id"], name="ntf_event_pending", condition=Q(state="pending")),
            models.Index(
                fields=["notification_id"],
                name="ntf_event_notification",
                condition=Q(notification_id__isnull=False),
            ),
            models.Index(fields=["target_type", "target_id"], name="ntf_event_target"),
            models.Index(
                fields=["withdraw_at", "id"],
                name="ntf_event_withdraw",
                condition=Q(withdraw_at__isnull=False),
            ),
            models.Index(fields=["paused_at"], name="ntf_event_paused", condition=Q(paused_at__isnull=False)),
            models.Index(
                fields=["recipient", "created_at"],
                name="ntf_event_unwanted",
                condition=Q(outcome__in=UNWANTED),
            ),
            # Not while it waits: who presses a button does not pay for the page of what they did.
            models.Index(
                fields=["actor", "created_at", "id"],
                name="ntf_event_deeds",
                condition=Q(actor__isnull=False, ended_at__isnull=False),
            ),
            models.Index(fields=["ended_at"], name="ntf_event_ended", condition=Q(ended_at__isnull=False)),
            models.Index(fields=["id"], name="ntf_event_dead", condition=Q(state="dead")),
        ]

    def __str__(self) -> str:
        return self.key
