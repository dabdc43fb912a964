"""What a person says of their quiet hours, on a page."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import QuietHours, Weekday


class QuietHoursForm(forms.Form):
    is_on = forms.BooleanField(label=_("Quiet hours"), required=False)
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("To"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Beginning on"),
        choices=Weekday.choices,
        coerce=lambda value: Weekday(int(value)),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    urgent_gets_through = forms.BooleanField(
        label=_("What needs me gets through"),
        help_text=_("Somebody calls you by name. Everything else waits."),
        required=False,
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, hours: QuietHours, data: Mapping[str, Any] | None = None, *, time_zone: str) -> None:
        initial = {
            "is_on": hours.is_on,
            "starts": hours.starts,
            "ends": hours.ends,
            "weekdays": hours.weekdays,
            "urgent_gets_through": hours.urgent_gets_through,
            "time_zone": time_zone,
        }
        super().__init__(data, prefix="quiet", initial=initial)
        zones = {zone for zone in available_timezones() if "/" in zone or zone == "UTC"} | {time_zone}
        choices = [(zone, zone.replace("_", " ")) for zone in sorted(zones)]
        self.fields["time_zone"] = forms.ChoiceField(label=_("Time zone"), choices=choices)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("starts") is not None and said.get("starts") == said.get("ends"):
            self.add_error("ends", ValidationError(_("Must differ from the time they begin.")))
        if said.get("is_on") and "weekdays" in said and not said["weekdays"]:
            self.add_error("weekdays", ValidationError(_("Choose a day, or switch quiet hours off.")))
        return said

    @property
    def changes(self) -> dict[str, Any]:
        """Of the hours themselves."""
        return {name: value for name, value in self.cleaned_data.items() if name != "time_zone"}
