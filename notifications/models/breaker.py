"""Whether the far end of a channel is spoken to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Breaker(models.Model):
    """One channel's, for all processes. No row means that its far end has always answered.

    Open, it lets one delivery through each half minute; the first that is heard closes it.
    """

    channel = models.CharField(max_length=8, primary_key=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    opened_at = models.DateTimeField(null=True, blank=True)  # none: closed
    probe_at = models.DateTimeField(null=True, blank=True)  # open: when one delivery may try
    is_our_fault = models.BooleanField(default=False)  # this site must be set right; waiting mends nothing
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("circuit breaker")
        verbose_name_plural = _("circuit breakers")

    def __str__(self) -> str:
        return self.channel
