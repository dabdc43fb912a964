"""What the people who look after the site tell many at once."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Group, GroupMembership
from community.publishing.models import Publication

CONTENT_LENGTH = 20_000
LINK_LENGTH = 500


class Audience(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody here")
    GROUP = "group", _("The members of one group")
    CARETAKERS = "caretakers", _("All who look after a group: owners and moderators")
    STAFF = "staff", _("The staff of this site")


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def started(self) -> Self:
        return self.filter(starts_at__lte=timezone.now())

    def current(self) -> Self:
        """Started, not stopped, not over."""
        now = timezone.now()
        return self.started().filter(Q(expires_at=None) | Q(expires_at__gt=now), stopped_at=None)

    def concerning(self, user: User | AnonymousUser) -> Self:
        """For `user`, now: the twin for one person of `audience.people_of`. Its author is one of them."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        memberships = GroupMembership.objects.active().of(user)
        mine = Q(audience=Audience.EVERYBODY) | Q(author=user)
        mine |= Q(audience=Audience.GROUP, group_id__in=memberships.values("group_id"))
        if user.is_staff:
            mine |= Q(audience=Audience.STAFF)
        caretaker = models.Exists(GroupMembership.objects.caretakers().of(user))
        return self.filter(mine | (Q(audience=Audience.CARETAKERS) & caretaker))

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What was told, whether it was stopped since or not."""
        return self.started().concerning(user)

    def managed_by(self, user: User | AnonymousUser) -> Self:
        """All for staff, in every state; of private groups those that they are in, like all that is there."""
        if not (isinstance(user, User) and user.is_active and user.is_staff):
            return self.none()
        return self.filter(Q(group=None) | Q(group__in=Group.objects.visible_to(user)) | Q(author=user))

    def readable_by(self, user: User | AnonymousUser) -> Self:
        """What was told to them and not taken back, and what they manage."""
        told, managed = self.visible_to(user).filter(stopped_at=None), self.managed_by(user)
        return self.filter(Q(pk__in=told.values("pk")) | Q(pk__in=managed.values("pk")))

    def for_display(self) -> Self:
        return self.select_related("author", "group")


class Announcement(Publication):
    """A draft until it is confirmed; told from `starts_at` on, until it is stopped or expires."""

    content = models.TextField(_("text"), max_length=CONTENT_LENGTH)
    link = models.CharField(_("link"), max_length=LINK_LENGTH, blank=True)
    audience = models.CharField(_("for whom"), max_length=10, choices=Audience.choices)
    by_mail = models.BooleanField(_("also by email"), default=False)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="announcement_newest"),
            models.Index(
                fields=["-starts_at"], name="announcement_started", condition=Q(starts_at__isnull=False)
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("announcement", args=[self.pk])

    def is_over(self, now: datetime | None = None) -> bool:
        return self.expires_at is not None and self.expires_at <= (now or timezone.now())
