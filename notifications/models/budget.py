"""How much a far end has been given lately, where it takes only so much."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Budget(models.Model):
    """One far end's, for all processes.

    `spent`: seconds of a stretch → when a part of it began, and how many since then.
    """

    far_end = models.CharField(max_length=8, primary_key=True)
    spent = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("mail budget")
        verbose_name_plural = _("mail budgets")

    def __str__(self) -> str:
        return self.far_end
