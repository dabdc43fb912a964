"""What was swept away, when and why."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PruneRun(models.Model):
    """One sweeping: that of a day, which belongs to one process at a time, or one by hand.

    `counts` and `place` change in the transactions that delete: a killed process leaves both true, and
    the next goes on from there.
    """

    day = models.DateField(null=True, blank=True)  # none: by hand
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)  # why → how many rows
    place = models.JSONField(default=list)  # the sweep at hand, and the last key it has passed
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sweeping")
        verbose_name_plural = _("sweepings")
        constraints = [models.UniqueConstraint(fields=["day"], name="ntf_prune_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day or self.started_at:%Y-%m-%d}"
