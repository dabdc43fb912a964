"""What a draft has, whatever it will be sent as."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models import Group

TITLE_LENGTH = 150


class Publication(models.Model):
    """A draft until it is confirmed; on its way from `starts_at` on, until it is stopped."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    content_html = models.TextField(editable=False)  # rendered once, by actions, from `content`
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    scheduled_at = models.DateTimeField(_("when"), null=True, blank=True)  # none: as soon as it is confirmed
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title
