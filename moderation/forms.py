"""What the pages ask for. What they let through is checked again by the actions."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import PATTERN_LENGTH, WORDS_LENGTH, Decision, WordRule
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

    also_hide = forms.BooleanField(
        label=_("Hide it as well"), required=False, help_text=_("With a warning or a suspension.")
    )
    for_days = forms.ChoiceField(
        label=_("Suspended for how long"),
        required=False,
        choices=[("", _("For good")), ("1", _("A day")), ("7", _("A week")), ("30", _("Thirty days"))],
    )
    field_order = ("action", "for_days", "also_hide", "words")

    def __init__(self, choices: list[Decision.Action], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["action"])
        field.choices = [(choice.value, choice.label) for choice in choices]
        if Decision.Action.WARN not in choices:
            del self.fields["also_hide"]
        if Decision.Action.SUSPEND not in choices:
            del self.fields["for_days"]

    def decided(self) -> dict[str, Any]:
        """As `actions.decide` takes it."""
        data = dict(self.cleaned_data)
        days = data.pop("for_days", "")
        if days and data["action"] == Decision.Action.SUSPEND:
            data["until"] = timezone.now() + timedelta(days=int(days))
        return data


class AppealForm(forms.Form):
    words = forms.CharField(
        label=_("Why it is wrong"), max_length=WORDS_LENGTH, widget=forms.Textarea({"rows": 3})
    )


class AnswerForm(forms.Form):
    take_back = forms.TypedChoiceField(
        label=_("What to do"),
        coerce=lambda value: value == "yes",
        choices=[("no", _("Leave it as decided")), ("yes", _("Take the decision back"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Why"),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The person concerned reads this."),
    )


class RuleForm(forms.Form):
    kind = forms.ChoiceField(label=_("What to look for"), choices=WordRule.Kind.choices)
    pattern = forms.CharField(
        label=_("Which"),
        max_length=PATTERN_LENGTH,
        help_text=_("Whole words in any case. A * in front or behind stands for any letters there."),
    )
    then = forms.ChoiceField(label=_("What to do"), choices=WordRule.Then.choices)
