"""The forms of the newsletter. What they let through is checked again by the actions."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Group

from .models import ADDRESS_LENGTH, CONTENT_LENGTH, TITLE_LENGTH, Edition, Segment

LOCAL = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> holds


class EditionForm(forms.Form):
    title = forms.CharField(
        label=_("Title"),
        max_length=TITLE_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("The subject of the mail."),
    )
    content = forms.CharField(
        label=_("Text"),
        max_length=CONTENT_LENGTH,
        widget=forms.Textarea({"rows": 14}),
        help_text=_("Markdown works: *soft*, **strong**, - lists."),
        error_messages={"required": _("Write something first.")},
    )
    segment = forms.ChoiceField(label=_("For whom"), choices=Segment.choices)
    group = forms.ModelChoiceField(
        label=_("Which group"),
        queryset=Group.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("None"),
        help_text=_("Only where it is for subscribers who are members of one group."),
    )
    scheduled_at = forms.DateTimeField(
        label=_("When"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL)
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Group]", self.fields["group"]).queryset = Group.objects.visible_to(user)
        zone = {"zone": timezone.get_current_timezone_name()}
        self.fields["scheduled_at"].help_text = _("Empty: as soon as you send it. In %(zone)s time.") % zone


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
    fields = ("title", "content", "segment", "scheduled_at")
    slug = edition.group.slug if edition.group else ""
    return {name: getattr(edition, name) for name in fields} | {"group": slug}
