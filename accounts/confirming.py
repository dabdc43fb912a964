"""The page after a mail that asks whether an address is one's own: it takes the code of that mail."""

from typing import Any

from allauth.account.internal.flows.email_verification import login_on_verification
from allauth.account.stages import EmailVerificationStage, LoginStageController
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import own_address
from .by_code import CodeForm
from .limits import answers
from .limits.attempts import TooOftenError
from .models import User


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Of whoever signs up in this browser, whether they do or the address is somebody else's already; and of
    whoever is in and has an address to prove.
    """
    user, is_asked = _whose(request)
    if not is_asked and request.user.is_authenticated:
        return redirect("account_email")
    if not is_asked and request.method == "POST":
        return redirect("account_login")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            address = own_address.prove(request, user, form.cleaned_data["code"])
        except TooOftenError as error:
            form.add_error(None, answers.refused(request, error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return login_on_verification(request, address) or redirect("account_email")
    context = {"form": form if is_asked else None}
    return render(request, "account/verification_sent.html", context, status=422 if form.errors else 200)


def _whose(request: HttpRequest) -> tuple[User | None, bool]:
    """And whether there is anything to prove."""
    if request.user.is_authenticated:
        return request.user, own_address.waiting(request.user).exists()
    stage: Any = LoginStageController.enter(request, EmailVerificationStage.key)
    return (stage.login.user, True) if stage else (None, False)
