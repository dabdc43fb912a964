"""The inbox."""

from collections import Counter
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .rule import DecidedBy

OPEN = Q(read_at__isnull=True, deleted_at__isnull=True)  # takes in what happens next; one a group key
UNREAD = Q(read_at__isnull=True, deleted_at__isnull=True, snoozed_until__isnull=True)  # and counts
SHOWN = Q(deleted_at__isnull=True, done_at__isnull=True, snoozed_until__isnull=True)
ACTORS_SAMPLE = 3
_NEWEST_FIRST = ["recipient", "-created_at", "-id"]
_FILTERS = ["priority", "kind", "place_id"]
BADGE_LIMIT = 100


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: Any) -> Self:
        """Everything of `user` but what was deleted: the inbox, and what was put aside."""
        return self.filter(recipient=user, deleted_at=None)

    def shown(self) -> Self:
        """The inbox: without what is done, and what sleeps until its time."""
        return self.filter(SHOWN)

    def open(self) -> Self:
        """Unread, asleep or not: the rows that facts fold into and that can be withdrawn."""
        return self.filter(OPEN)

    def unread(self) -> Self:
        """What the bell counts."""
        return self.filter(UNREAD)

    def saved(self) -> Self:
        """Also what is done or asleep."""
        return self.filter(saved_at__isnull=False)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)

    def asleep(self) -> Self:
        return self.filter(snoozed_until__isnull=False, done_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def older_than(self, created_at: datetime, pk: int) -> Self:
        """What follows that row in `newest_first`: a range of the index, however deep."""
        return self.filter(Q(created_at__lte=created_at), Q(created_at__lt=created_at) | Q(pk__lt=pk))

    def soonest_first(self) -> Self:
        """Of what is asleep: in the order of coming back."""
        return self.order_by("snoozed_until", "pk")

    def later_than(self, snoozed_until: datetime, pk: int) -> Self:
        """What follows that row in `soonest_first`."""
        return self.filter(
            Q(snoozed_until__gte=snoozed_until), Q(snoozed_until__gt=snoozed_until) | Q(pk__gt=pk)
        )

    def unread_count_capped(self, user: Any) -> int:
        """How many are unread, but no more than BADGE_LIMIT: reads a few index pages whatever the number."""
        return self.of(user).unread()[:BADGE_LIMIT].count()

    def unread_by_priority(self) -> Counter[int]:
        """Priority → how many of the newest BADGE_LIMIT unread ones have it."""
        return Counter(self.unread().newest_first().values_list("priority", flat=True)[:BADGE_LIMIT])


class Notification(models.Model):
    """What one person sees: ids only. Text is made when it is shown, after asking whether it may be.

    Facts with the same `group_key` fold into one row while that is unread. The foreign keys are not
    constraints in the database (they would cost more than all indexes together); the application
    keeps them, and `audit_notifications` checks.
    """

    class Priority(models.IntegerChoices):
        AROUND_YOU = 0, _("around you")
        ABOUT_YOU = 1, _("about you")
        NEEDS_YOU = 2, _("needs you")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    event_id = models.BigIntegerField()  # the fact that opened it
    kind = models.CharField(max_length=24)
    group_key = models.CharField(max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
    )
    actor_ids = models.JSONField(default=list)  # the latest few, newest first; empty where nobody is named
    actors_count = models.PositiveIntegerField(default=1)
    target_type = models.CharField(max_length=24)
    target_id = models.BigIntegerField()
    object_id = models.BigIntegerField()  # the latest fact folded in, for instance a comment
    place_id = models.BigIntegerField(null=True, blank=True)  # where it happened, for instance a group
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.ABOUT_YOU)
    created_at = models.DateTimeField(default=timezone.now)  # of the latest fact folded in
    read_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)  # kept for a while so that it can be undone
    # Facts about the row that do not depend on each other; what is done counts as read as well.
    seen_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    # Grows with every news of the row, in the order of the commits: what a stream resumes by.
    revision = models.BigIntegerField(default=0, db_default=0)
    # Which rule let the latest fact in: what "fewer of these" changes.
    decided_by = models.CharField(
        max_length=12, choices=DecidedBy.choices, blank=True, default="", db_default=""
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "recipient"], name="ntf_event_recipient_once"),
            models.UniqueConstraint(
                fields=["recipient", "group_key"], name="ntf_open_group_once", condition=OPEN
            ),
        ]
        indexes = [
            # In the order of the pages; the columns of the filters come last, so that rows that are filtered
            # out are passed over in the index. An index of its own for each filter costs each insert ten
            # times as much (14 % against 1 % of what it writes to the log).
            models.Index(fields=[*_NEWEST_FIRST, *_FILTERS], name="ntf_inbox", condition=SHOWN),
            models.Index(fields=[*_NEWEST_FIRST, *_FILTERS], name="ntf_inbox_unread", condition=UNREAD),
            # For the exact count alone: entries that are equal take a seventh of the pages on PostgreSQL.
            models.Index(fields=["recipient"], name="ntf_unread_count", condition=UNREAD),
            models.Index(
                fields=[*_NEWEST_FIRST, *_FILTERS],
                name="ntf_inbox_done",
                condition=Q(done_at__isnull=False),
            ),
            models.Index(fields=_NEWEST_FIRST, name="ntf_saved", condition=Q(saved_at__isnull=False)),
            models.Index(
                fields=["recipient", "snoozed_until", "id"],
                name="ntf_asleep",
                condition=Q(snoozed_until__isnull=False),
            ),
            # Of everybody's: what is due to come back.
            models.Index(
                fields=["snoozed_until"], name="ntf_snoozed", condition=Q(snoozed_until__isnull=False)
            ),
            # Also for everything of one person, whatever its state.
            models.Index(fields=["recipient", "revision"], name="ntf_revision"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.recipient_id}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
