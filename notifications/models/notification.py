"""The inbox."""

from collections import Counter
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

UNREAD = Q(read_at__isnull=True, deleted_at__isnull=True)
ACTORS_SAMPLE = 3
BADGE_LIMIT = 100


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: Any) -> Self:
        """The inbox of `user`, without what was deleted."""
        return self.filter(recipient=user, deleted_at=None)

    def unread(self) -> Self:
        return self.filter(UNREAD)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def older_than(self, created_at: datetime, pk: int) -> Self:
        """What follows that row in `newest_first`: a range of the index, however deep."""
        return self.filter(Q(created_at__lte=created_at), Q(created_at__lt=created_at) | Q(pk__lt=pk))

    def unread_count_capped(self, user: Any) -> int:
        """How many are unread, but no more than BADGE_LIMIT: reads a few index pages whatever the number."""
        return self.of(user).unread()[:BADGE_LIMIT].count()

    def unread_by_priority(self, user: Any) -> Counter[int]:
        """Priority → how many of the newest BADGE_LIMIT unread ones have it."""
        newest = self.of(user).unread().newest_first().values_list("priority", flat=True)
        return Counter(newest[:BADGE_LIMIT])


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
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.ABOUT_YOU)
    created_at = models.DateTimeField(default=timezone.now)  # of the latest fact folded in
    read_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)  # kept for a while so that it can be undone

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "recipient"], name="ntf_event_recipient_once"),
            models.UniqueConstraint(
                fields=["recipient", "group_key"], name="ntf_open_group_once", condition=UNREAD
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="ntf_inbox"),
            models.Index(
                fields=["recipient", "-created_at", "-id"], name="ntf_inbox_unread", condition=UNREAD
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.recipient_id}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
