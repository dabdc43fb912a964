"""The pages of those whom a decision concerns, and of those who flagged."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from community.forms import add_errors
from community.pages.paging import page_of
from community.pages.requests import SignedInRequest, see_other

from . import actions
from .forms import AppealForm
from .kinds import what_was_done
from .links import suspended_by
from .models import Decision, Flag


@login_required
@require_safe
def my_flags(request: SignedInRequest) -> HttpResponse:
    """Without what was flagged, which one may not see any more."""
    flags = Flag.objects.filter(flagger=request.user).select_related("case__decision")
    page = page_of(flags, request.GET.get("before", ""))
    context = {"flags": page.rows, "older": page.older and f"?before={page.older}"}
    return render(request, "moderation/my_flags.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Decision.objects.concerning(request.user), pk=pk)
    return _decision_page(request, request.user, found)


@require_http_methods(["GET", "HEAD", "POST"])
def suspended(request: HttpRequest, token: str) -> HttpResponse:
    """Signed out, by the link in the mail or after the right password: to read why, and to appeal."""
    found = suspended_by(token)
    person = found.case.person
    assert isinstance(person, User)  # nosec B101 - `suspended_by` sees to it
    with translation.override(person.language), timezone.override(person.time_zone):
        return _decision_page(request, person, found)


def _decision_page(request: HttpRequest, person: User, found: Decision) -> HttpResponse:
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            actions.appeal(person, found, form.cleaned_data["words"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Somebody will look at it again."))
            return see_other(request.path)
    context = {"decision": found, "case": found.case, "done": what_was_done(found), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "moderation/decision.html", context, status=status)
