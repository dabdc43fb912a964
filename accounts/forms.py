"""Forms of accounts' pages."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User


class SignupForm(forms.Form):
    """What allauth asks beside email and password."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"}))
    field_order = ("name", "email", "password1")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this when the account is there; `AccountAdapter.save_user` has stored the name."""
