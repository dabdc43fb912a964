"""What the pages ask for. What they let through is checked again by the actions."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import WORDS_LENGTH, Decision
from .reasons import FLAGGABLE


class FlagForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=[(reason.value, reason.label) for reason in FLAGGABLE],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = forms.CharField(
        label=_("In your own words"),
        max_length=WORDS_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )


class DecisionForm(forms.Form):
    action = forms.ChoiceField(
        label=_("What to do"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    words = forms.CharField(
        label=_("Why"),
        max_length=WORDS_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The person concerned reads this."),
    )

    def __init__(self, choices: list[Decision.Action], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["action"])
        field.choices = [(choice.value, choice.label) for choice in choices]
