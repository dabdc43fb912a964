"""When a person wants to be left in peace."""

from datetime import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

EVERY_DAY = 0b111_1111


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class QuietHours(models.Model):
    """One person's; local times of their zone. No row means off, and the defaults below to begin with.

    Where `ends` is before `starts` it is that time of the next day; the weekdays are those it starts on.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quiet_hours", primary_key=True
    )
    is_on = models.BooleanField(_("on"), default=False)
    starts = models.TimeField(_("from"), default=time(22))
    ends = models.TimeField(_("to"), default=time(7))
    days = models.PositiveSmallIntegerField(  # bit n: Weekday n
        _("weekdays"), default=EVERY_DAY, validators=[MaxValueValidator(EVERY_DAY)]
    )
    urgent_gets_through = models.BooleanField(_("what needs me gets through"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("quiet hours")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.starts:%H:%M}-{self.ends:%H:%M}"

    def clean(self) -> None:
        """A time and itself are no hours: nobody could say whether that is none of them or all."""
        if self.starts == self.ends:
            raise ValidationError({"ends": _("Must differ from the time they begin.")})
        if self.is_on and not self.days:
            raise ValidationError({"days": _("Choose a day, or switch quiet hours off.")})

    @property
    def weekdays(self) -> list[Weekday]:
        return [day for day in Weekday if self.days & 1 << day]

    @weekdays.setter
    def weekdays(self, days: list[Weekday]) -> None:
        self.days = sum(1 << day for day in set(days))
