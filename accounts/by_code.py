"""The pages of signing in without a password: where the code goes to, and the code."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from web.returning import safe_next

from . import by_mail, phones
from .limits import answers
from .limits.attempts import TooOftenError
from .models import User
from .phones import actions as by_phone

SENT_TO = "code_sent_to"  # of the session


class WhereForm(forms.Form):
    to = forms.CharField(max_length=254, widget=forms.TextInput({"autocomplete": "username"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].label = _("Email or phone number") if phones.are_on() else _("Email")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("/")
    form = WhereForm(request.POST or None)
    if form.is_valid():
        to = form.cleaned_data["to"]
        try:
            (by_phone.ask_to_sign_in if _is_phone(to) else by_mail.ask)(request, to)
        except (ValidationError, TooOftenError) as error:
            _say(request, form, "to", error)
        except OSError:
            form.add_error(None, _("The mail server does not answer. Try again later."))
        else:
            request.session[SENT_TO] = {"to": to, "next": safe_next(request, "")}
            return redirect("enter-code")
    return render(
        request,
        "accounts/ask_code.html",
        {"form": form, "next": safe_next(request, "")},
        status=_status(form),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    sent = request.session.get(SENT_TO)
    if request.user.is_authenticated:
        return redirect("/")
    if not sent:
        return redirect("ask-code")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            user = (by_phone.prove if _is_phone(sent["to"]) else by_mail.prove)(
                request, sent["to"], form.cleaned_data["code"]
            )
        except (ValidationError, TooOftenError) as error:
            _say(request, form, "code", error)
        else:
            del request.session[SENT_TO]
            return _come_in(request, user, sent)
    return render(request, "accounts/enter_code.html", {"form": form, "to": sent["to"]}, status=_status(form))


def _come_in(request: HttpRequest, user: User, sent: dict[str, str]) -> HttpResponse:
    """As by a password: whoever set up a second step is asked for it."""
    kind = "phone" if _is_phone(sent["to"]) else "email"
    # The mail is what `proof` would ask of them next.
    is_proof = kind == "email" or None
    record_authentication(request, user, method="code", reauthenticated=is_proof, **{kind: sent["to"]})
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=sent["next"] or None))
    return response


def _is_phone(to: str) -> bool:
    return phones.are_on() and "@" not in to and any(letter.isdigit() for letter in to)


def _say(request: HttpRequest, form: forms.Form, field: str, error: Exception) -> None:
    if isinstance(error, TooOftenError):
        form.add_error(None, answers.refused(request, error))
    elif isinstance(error, ValidationError):
        form.add_error(field, error.messages)  # whatever the API calls the field


def _status(form: forms.Form) -> int:
    return 422 if form.errors else 200
