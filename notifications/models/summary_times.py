"""When a person's summaries come."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .quiet import Weekday


class SummaryTimes(models.Model):
    """One person's; local times of their zone. No row means the defaults below."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="summary_times", primary_key=True
    )
    hour = models.PositiveSmallIntegerField(  # of the daily and the weekly ones
        _("hour"), default=8, validators=[MaxValueValidator(23)]
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices, default=Weekday.MONDAY)

    class Meta:
        verbose_name = verbose_name_plural = _("times of summaries")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.hour}:00, {Weekday(self.weekday).label}"
