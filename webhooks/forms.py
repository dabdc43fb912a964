"""What is asked of whoever adds a webhook. The action checks it again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import URL_LENGTH, WANTABLE


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=URL_LENGTH,
        widget=forms.URLInput({"placeholder": "https://", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Where a program of yours listens. It gets what is written here, as soon as it is."),
    )
    events = forms.MultipleChoiceField(
        label=_("What it hears of"),
        choices=[(event.value, event.label) for event in WANTABLE],
        initial=[event.value for event in WANTABLE],
        widget=forms.CheckboxSelectMultiple,
    )
