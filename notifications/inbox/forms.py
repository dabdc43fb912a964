"""What the buttons of the inbox send."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .listing import PAGE
from .snoozing import LONGEST, Nap, objection
from .states import Deed

DIGITS_MAX = 18  # of an id that a row can have


class IdsField(forms.Field):
    """Ticked boxes, each with one id or several: `ids=5&ids=6,7`. At most a page of them."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        texts = [text for part in value or () for text in str(part).split(",") if text]
        if not all(text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX for text in texts):
            raise forms.ValidationError(_("These are no rows of an inbox."))
        ids = list(dict.fromkeys(map(int, texts)))
        if len(ids) > PAGE:
            raise forms.ValidationError(_("These are more rows than there are on a page."))
        return ids


class DeedForm(forms.Form):
    """`do` names the deed; a button of the menu sends `snooze` with one of its times instead."""

    ids = IdsField(error_messages={"required": gettext_lazy("Nothing is ticked.")})
    do = forms.ChoiceField(choices=Deed.choices, required=False)
    snooze = forms.ChoiceField(choices=Nap.choices, required=False)

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("do") and not self.cleaned_data.get("snooze"):
            self.add_error("do", _("Nothing was asked for."))
        return self.cleaned_data

    @property
    def lacks_ids(self) -> bool:
        """Nothing was ticked, which happens to people; what else is wrong no page of ours sends."""
        return set(self.errors) == {"ids"} and not self["ids"].data

    @property
    def deed(self) -> Deed:
        return Deed.SNOOZE if self.cleaned_data["snooze"] else Deed(self.cleaned_data["do"])

    @property
    def nap(self) -> Nap | None:
        """None for SNOOZE: the time is still to be chosen."""
        return Nap(self.cleaned_data["snooze"]) if self.cleaned_data["snooze"] else None


class SnoozeForm(forms.Form):
    """A time of one's own, in one's own time zone."""

    ids = IdsField()
    until = forms.DateTimeField(
        label=gettext_lazy("When it comes back"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Within a year from now."),
    )

    def __init__(self, data: QueryDict | MultiValueDict[str, str] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        here = timezone.localtime()
        self.fields["until"].widget.attrs |= {
            "min": f"{here:%Y-%m-%dT%H:%M}",
            "max": f"{here + LONGEST:%Y-%m-%dT%H:%M}",
        }

    @classmethod
    def about(cls, query: QueryDict) -> "SnoozeForm":
        """Not sent yet, about the rows that an address names."""
        return cls(initial={"ids": query.getlist("ids")})

    @property
    def chosen_ids(self) -> list[int]:
        """Of the rows, sent or not; none where they are no ids."""
        try:
            return list(self.fields["ids"].clean(self["ids"].value()))
        except forms.ValidationError:
            return []

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if problem := objection(until, timezone.now()):
            raise forms.ValidationError(problem)
        return until
