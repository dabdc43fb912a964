"""What the forms of all publications ask. What they let through is checked again by the actions."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Group

from .models import TITLE_LENGTH, Publication


class MomentField(forms.DateTimeField):
    """Of a person's own clock."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, **kwargs)


class TextField(forms.CharField):
    def __init__(self, *, max_length: int, rows: int) -> None:
        super().__init__(
            label=_("Text"),
            max_length=max_length,
            widget=forms.Textarea({"rows": rows}),
            help_text=_("Markdown works: *soft*, **strong**, - lists."),
            error_messages={"required": _("Write something first.")},
        )


class PublicationForm(forms.Form):
    """One that inherits it has `content` too, and says in `field_order` what stands where."""

    title = forms.CharField(
        label=_("Title"), max_length=TITLE_LENGTH, widget=forms.TextInput({"autocomplete": "off"})
    )
    group = forms.ModelChoiceField(
        label=_("Which group"),
        queryset=Group.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("None"),
    )
    scheduled_at = MomentField(label=_("When"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Group]", self.fields["group"]).queryset = Group.objects.visible_to(user)
        zone = {"zone": timezone.get_current_timezone_name()}
        self.fields["scheduled_at"].help_text = _("Empty: as soon as you send it. In %(zone)s time.") % zone


def initial_of(publication: Publication, *fields: str) -> dict[str, Any]:
    slug = publication.group.slug if publication.group else ""
    names = ("title", "content", "scheduled_at", *fields)
    return {name: getattr(publication, name) for name in names} | {"group": slug}
