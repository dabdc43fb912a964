"""Whether a restored copy of the site may speak to the outside."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hold(models.Model):
    """One row while nothing leaves by any channel: the site was restored, and nobody has said yet what
    becomes of what waited then. The copy does not know what was sent after it was made."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")

    def __str__(self) -> str:
        return f"since {self.since:%Y-%m-%d %H:%M}"
