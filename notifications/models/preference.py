"""What a person wants to hear of, and how."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    COMMUNITY = "community", _("Community")
    ACCOUNT = "account", _("Your account")
    REPORTS = "reports", _("Reports")
    PROJECTS = "projects", _("Projects")


class Switch(models.TextChoices):
    """How something may reach people outside the site, as they switch it on and off."""

    EMAIL = "email", _("by email")
    PUSH = "push", _("by push")


class Frequency(models.TextChoices):
    INSTANT = "instant", _("at once")
    HOURLY = "hourly", _("hourly")
    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly")


class PreferenceQuerySet(models.QuerySet["NotificationPreference"]):
    def of(self, user: object) -> Self:
        return self.filter(user=user)


class NotificationPreference(models.Model):
    """One person's choice for one category. No row means the defaults below."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    notification_type = models.CharField(max_length=12, choices=Category.choices)
    in_app_enabled = models.BooleanField(_("in the app"), default=True)
    email_enabled = models.BooleanField(_("by email"), default=True)
    push_enabled = models.BooleanField(_("by push"), default=True)
    email_frequency = models.CharField(
        _("email"), max_length=8, choices=Frequency.choices, default=Frequency.INSTANT
    )

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "notification_type"], name="ntf_preference_once")
        ]
        indexes = [
            # An audience is everybody but these few, found without reading anybody else's row.
            models.Index(
                fields=["notification_type", "user"],
                name="ntf_preference_opt_out",
                condition=Q(in_app_enabled=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.notification_type}"
