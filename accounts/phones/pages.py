"""One's own phone number. Whoever has it comes in by it, so the page asks first whether it is still them."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..limits import answers
from ..limits.attempts import TooOftenError
from ..models import User
from ..proof import proven
from . import are_on, proving

ASKED = "phone_to_prove"  # of the session


class NumberForm(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        help_text=gettext_lazy("With the code of the country: +49 151 2345678"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )


class CodeForm(forms.Form):
    otp = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def section(request: HttpRequest) -> Mapping[str, Any]:
    user = cast(User, request.user)
    return {"phone": user.phone if user.phone_verified_at else ""} if are_on() else {}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    if not are_on():
        raise Http404
    return cast(HttpResponse, proven(_page)(request))


def _page(request: HttpRequest) -> HttpResponse:
    user, do = cast(User, request.user), request.POST.get("do", "")
    if do == "remove":
        proving.remove(user)
        messages.success(request, _("Your number is removed."))
        return redirect("security")
    if do == "other":
        request.session.pop(ASKED, None)
        return redirect("phone")
    asked = str(request.session.get(ASKED, ""))
    form = (CodeForm if asked and do != "ask" else NumberForm)(request.POST if do else None)
    if form.is_valid():
        try:
            if isinstance(form, NumberForm):
                request.session[ASKED] = proving.ask(request, user, form.cleaned_data["phone"])
                return redirect("phone")
            proving.prove(request, user, asked, form.cleaned_data["otp"])
        except TooOftenError as error:
            form.add_error(None, answers.refused(request, error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            del request.session[ASKED]
            messages.success(request, _("This number is yours."))
            return redirect("security")
    context = {"form": form, "asked": asked if isinstance(form, CodeForm) else ""}
    return render(request, "accounts/phone.html", context, status=422 if form.errors else 200)
