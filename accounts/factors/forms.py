"""Forms of second factors."""

from typing import Any

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from notifications.transactions import acting

from ..limits import answers
from ..limits.attempts import TooOftenError
from ..models import User
from . import codes, passkeys

WRONG = _("This code is wrong, or it was used already. Wait for the next one.")


def _field(label: Any) -> forms.CharField:
    look = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(look))


class PasskeyForm(forms.Form):
    """A name, and what the browser answered when it made one."""

    name = forms.CharField(label=_("What you call it"), max_length=60, required=False)
    credential = forms.CharField(required=False, max_length=passkeys.LENGTH, widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        return passkeys.registered(self.cleaned_data["credential"])


class NameForm(forms.Form):
    name = forms.CharField(label=_("What you call it"), max_length=60)


class SignedForm(forms.Form):
    """What a passkey signed, for whoever it is."""

    credential = forms.CharField(required=False, max_length=passkeys.LENGTH, widget=forms.HiddenInput)
    is_again = False

    def __init__(self, *args: Any, request: HttpRequest, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean_credential(self) -> Authenticator:
        return passkeys.judge(self.cleaned_data["credential"], self.user)

    def save(self) -> None:
        factor, is_alone = self.cleaned_data["credential"], self.user is None
        with acting():
            post_authentication(self.request, factor, reauthenticated=self.is_again, passwordless=is_alone)


class SignedAgainForm(SignedForm):
    is_again = True


class AppForm(forms.Form):
    """The proof that the app has the secret."""

    code = _field(_("The code that your app shows now"))

    def __init__(self, *args: Any, user: User, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.secret = user, secret

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not codes.is_of(self.secret, code) or not codes.use_up(self.user, code):
            raise ValidationError(WRONG)
        return code


class CodeForm(forms.Form):
    code = _field(_("Code"))
    is_again = False

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user
        self.factor: Authenticator | None = None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            self.factor = codes.judge(self.request, self.user, code)
        except TooOftenError as error:
            raise ValidationError(answers.refused(self.request, error)) from error
        if self.factor is None:
            raise ValidationError(WRONG)
        return code

    def save(self) -> None:
        """In the session: that they have proven it."""
        with acting():
            post_authentication(self.request, self.factor, reauthenticated=self.is_again)


class CodeAgainForm(CodeForm):
    """Of somebody who is in already, before what changes the account."""

    is_again = True
