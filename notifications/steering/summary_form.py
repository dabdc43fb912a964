"""When a person wants their summaries, as they say it on the preferences page."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from ..models import SummaryTimes, Weekday


class SummaryTimesForm(forms.Form):
    """A field that was not sent stays as it is."""

    hour = forms.TypedChoiceField(
        label=_("Daily and weekly at"), coerce=int, empty_value=None, required=False
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekly on"), choices=Weekday.choices, coerce=int, empty_value=None, required=False
    )

    def __init__(self, times: SummaryTimes, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(
            data, prefix="summaries", initial={"hour": times.hour, "weekday": int(times.weekday)}
        )
        hours: Any = self.fields["hour"]
        hours.choices = [(hour, time_format(time(hour))) for hour in range(24)]

    @property
    def changes(self) -> dict[str, int]:
        said = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return said if any(self.initial[name] != value for name, value in said.items()) else {}
