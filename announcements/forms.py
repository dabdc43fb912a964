"""The form of an announcement. What it lets through is checked again by the actions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.publishing import forms as publishing

from .models import CONTENT_LENGTH, LINK_LENGTH, Announcement, Audience


class AnnouncementForm(publishing.PublicationForm):
    content = publishing.TextField(max_length=CONTENT_LENGTH, rows=8)
    audience = forms.ChoiceField(label=_("For whom"), choices=Audience.choices)
    link = forms.CharField(
        label=_("Link"),
        max_length=LINK_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "url"}),
        help_text=_("Where to read or do more: https://…, or /… for a page of this site."),
    )
    expires_at = publishing.MomentField(label=_("Until"))
    by_mail = forms.BooleanField(
        label=_("By email too"),
        required=False,
        help_text=_("At once, or in the summary that they chose. The others find it in the app."),
    )
    field_order = (
        "title", "content", "audience", "group", "link", "scheduled_at", "expires_at", "by_mail",
    )  # fmt: skip

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["group"].help_text = _("Only where it is for the members of one group.")
        self.fields["expires_at"].help_text = _(
            "Then it leaves the inboxes of all who have not read it. In %(zone)s time."
        ) % {"zone": timezone.get_current_timezone_name()}


def initial_of(announcement: Announcement) -> dict[str, Any]:
    return publishing.initial_of(announcement, "audience", "link", "expires_at", "by_mail")
