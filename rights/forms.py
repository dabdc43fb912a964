"""What becomes of what somebody wrote."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _


class Fate(models.TextChoices):
    REMOVE = "remove", _("Remove what I wrote, with my pictures and with what was answered to my posts")
    KEEP = "keep", _("Leave what I wrote, as by “a former member”")


class LeaveForm(forms.Form):
    content = forms.ChoiceField(
        label=_("What becomes of what you wrote?"), choices=Fate.choices, widget=forms.RadioSelect
    )
