"""The forms of the newsletter. What they let through is checked again by the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.publishing import forms as publishing

from .models import ADDRESS_LENGTH, CONTENT_LENGTH, Edition, Segment


class EditionForm(publishing.PublicationForm):
    content = publishing.TextField(max_length=CONTENT_LENGTH, rows=14)
    segment = forms.ChoiceField(label=_("For whom"), choices=Segment.choices)
    field_order = ("title", "content", "segment", "group", "scheduled_at")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["title"].help_text = _("The subject of the mail.")
        self.fields["group"].help_text = _("Only where it is for subscribers who are members of one group.")


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        max_length=ADDRESS_LENGTH,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class ListForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        help_text=_("CSV in UTF-8, up to 10,000 lines and one megabyte."),
        error_messages={"required": _("Choose a file.")},
    )


def initial_of(edition: Edition) -> dict[str, Any]:
    return publishing.initial_of(edition, "segment")
