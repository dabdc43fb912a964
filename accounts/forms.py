"""Forms of accounts' pages."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User


class SignupForm(forms.Form):
    """What allauth asks beside email and password."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"}))
    # The browser's own, filled in by app.js: quiet hours and dates are right from the first day.
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput({"data-time-zone": ""}))
    field_order = ("name", "email", "password1")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_time_zone(self) -> str:
        """Empty for what is no time zone: a guess that failed keeps nobody out."""
        guess: str = self.cleaned_data["time_zone"]
        return guess if guess in available_timezones() else ""

    def clean(self) -> dict[str, Any]:
        """An address that has an account costs as much time as one that gets its own."""
        if getattr(self, "account_already_exists", False):
            User().set_password(self.cleaned_data.get("password1"))
        return self.cleaned_data

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this when the account is there; `AccountAdapter.save_user` has stored the name."""


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg] # at run time it takes no argument
    """What a person may change of themselves; `actions.edit_profile` writes."""

    class Meta:
        model = User
        fields = ("name", "username", "bio", "time_zone", "language")
        widgets = {"bio": forms.Textarea({"rows": 3}), "name": forms.TextInput({"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        if self.instance.time_zone not in zones:
            zones.append(self.instance.time_zone)
        self.fields["time_zone"].widget = forms.Select(
            choices=[(zone, zone.replace("_", " ")) for zone in zones]
        )
        self.fields["language"].widget = forms.Select(choices=settings.LANGUAGES)
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_username(self) -> str:
        """Said here at the field; the constraint, which does not mind the case either, has the last word."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody has this username already."))
        return username
