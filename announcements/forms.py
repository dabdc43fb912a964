"""The form of an announcement. What it lets through is checked again by the actions."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Group

from .models import CONTENT_LENGTH, LINK_LENGTH, TITLE_LENGTH, Announcement, Audience

LOCAL = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> holds


class AnnouncementForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=TITLE_LENGTH, widget=forms.TextInput({"autocomplete": "off"})
    )
    content = forms.CharField(
        label=_("Text"),
        max_length=CONTENT_LENGTH,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("Markdown works: *soft*, **strong**, - lists."),
        error_messages={"required": _("Write something first.")},
    )
    audience = forms.ChoiceField(label=_("For whom"), choices=Audience.choices)
    group = forms.ModelChoiceField(
        label=_("Which group"),
        queryset=Group.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("None"),
        help_text=_("Only where it is for the members of one group."),
    )
    link = forms.CharField(
        label=_("Link"),
        max_length=LINK_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "url"}),
        help_text=_("Where to read or do more: https://…, or /… for a page of this site."),
    )
    scheduled_at = forms.DateTimeField(
        label=_("When"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL)
    )
    expires_at = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL)
    )
    by_mail = forms.BooleanField(
        label=_("By email too"),
        required=False,
        help_text=_("At once, or in the summary that they chose. The others find it in the app."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Group]", self.fields["group"]).queryset = Group.objects.visible_to(user)
        zone = {"zone": timezone.get_current_timezone_name()}
        self.fields["scheduled_at"].help_text = _("Empty: as soon as you send it. In %(zone)s time.") % zone
        self.fields["expires_at"].help_text = (
            _("Then it leaves the inboxes of all who have not read it. In %(zone)s time.") % zone
        )


def initial_of(announcement: Announcement) -> dict[str, Any]:
    fields = ("title", "content", "audience", "link", "scheduled_at", "expires_at", "by_mail")
    slug = announcement.group.slug if announcement.group else ""
    return {name: getattr(announcement, name) for name in fields} | {"group": slug}
