"""What people ask for about themselves: a copy of everything, and its end."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

TRIES = 5  # of making one file; then it waits until it is asked for again


class ExportQuerySet(models.QuerySet["Export"]):
    def waiting(self) -> Self:
        """Whoever asked first comes first; one that failed lets the others go before."""
        return self.filter(ready_at=None, tries__lt=TRIES).order_by("tries", "asked_at", "pk")

    def fetchable(self, now: datetime | None = None) -> Self:
        return self.filter(ready_at__isnull=False, expires_at__gt=now or timezone.now())

    def over(self, now: datetime) -> Self:
        return self.filter(expires_at__lte=now)


class Export(models.Model):
    """The file with all that is kept of a person: one at a time, and not for long."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="export", verbose_name=_("person")
    )
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    name = models.CharField(max_length=80, blank=True)  # of the file: random, and known to nobody
    size = models.PositiveBigIntegerField(_("size"), default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of somebody’s data")
        verbose_name_plural = _("copies of people’s data")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_fetchable(self) -> bool:
        return self.expires_at is not None and self.expires_at > timezone.now()

    @property
    def has_failed(self) -> bool:
        return self.ready_at is None and self.tries >= TRIES


class DepartureQuerySet(models.QuerySet["Departure"]):
    def due(self, now: datetime) -> Self:
        return self.filter(erase_at__lte=now).order_by("erase_at", "pk")


class Departure(models.Model):
    """That somebody leaves. It goes with what it is about: taken back, or erased with the person."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="departure", verbose_name=_("person")
    )
    keeps_content = models.BooleanField(
        _("what they wrote stays"), default=False, help_text=_("As by “a former member”.")
    )
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    erase_at = models.DateTimeField(_("erased from"))
    by = models.ForeignKey(  # of the staff; none: by themselves
        User, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("by")
    )
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, help_text=_("The person reads it in the mail.")
    )

    objects = DepartureQuerySet.as_manager()

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        indexes = [models.Index(fields=["erase_at"], name="rights_departure_due")]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_over(self) -> bool:
        return self.erase_at <= timezone.now()
