"""What a person says of themselves. Signing in, passwords and addresses are allauth's pages."""

from copy import copy
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import actions, disowning
from .forms import ProfileForm
from .models import User
from .security import sections_for


@login_required
@require_http_methods(["GET", "POST"])
def edit_profile(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    # A copy: the form writes what was sent into it, and the rest of the page still shows who is signed in.
    form = ProfileForm(request.POST or None, instance=copy(user))
    if form.is_valid():
        try:
            actions.edit_profile(user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your profile was changed."))
            return redirect("edit-profile")
    return render(request, "accounts/edit_profile.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Signed out, by the link in the mail about a device that was not known."""
    notice = disowning.notice_by(token)
    with translation.override(notice.user.language):
        if request.method == "POST":
            disowning.disown(request, notice)
        return render(request, "accounts/not_me.html", {"is_done": request.method == "POST"})


@login_required
@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/security.html", {"sections": sections_for(request)})
