"""The pages of what people may ask for about themselves."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.proof import proven_when_sent
from audit import REFUSED
from community.forms import add_errors
from community.pages.requests import SignedInRequest, see_other

from . import exporting, history, leaving
from .forms import Fate, LeaveForm
from .heirs import inheritance
from .links import back_path, departure_by
from .models import Export


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@proven_when_sent
def your_data(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        exporting.ask(request.user)
        return see_other(request.path)
    export = Export.objects.filter(user=request.user).first()
    if export is not None and export.ready_at and not export.is_fetchable:
        export = None
    return render(request, "rights/your_data.html", {"export": export})


@login_required
@never_cache
@require_safe
def fetch(request: SignedInRequest, pk: int) -> HttpResponseBase:
    export = get_object_or_404(Export.objects.fetchable().filter(user=request.user), pk=pk)
    return file_of(export)


@login_required
@never_cache
@require_safe
def security_history(request: SignedInRequest) -> HttpResponse:
    found, older = history.page_of(request.user, request.GET.get("before", ""))
    rows = [
        {
            "at": entry.at,
            "is_refused": entry.outcome == REFUSED,
            "sentence": history.sentence_of(entry),
            "device": history.device_of(entry),
            "address": history.address_of(entry),
        }
        for entry in found
    ]
    return render(request, "rights/history.html", {"rows": rows, "older": older and f"?before={older}"})


def file_of(export: Export) -> FileResponse:
    try:
        file = exporting.path_of(export).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename="data.zip", content_type="application/zip")
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@proven_when_sent
def leave(request: SignedInRequest) -> HttpResponse:
    form = LeaveForm(request.POST or None)
    if form.is_valid():
        keeps = form.cleaned_data["content"] == Fate.KEEP
        try:
            departure = leaving.leave(request.user, keeps_content=keeps)
        except ValidationError as error:
            add_errors(form, error)
        else:
            logout(request)
            return see_other(back_path(departure))
    context = {"form": form, "inheritance": inheritance(request.user)}
    return render(request, "rights/leave.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Signed out, by the link in the mail or after the right password."""
    departure = departure_by(token)
    with translation.override(departure.user.language), timezone.override(departure.user.time_zone):
        if request.method == "POST" and leaving.take_back(departure):
            messages.success(request, _("Your account is yours again. Sign in."))
            return see_other(reverse("account_login"))
        return render(request, "rights/back.html", {"departure": departure})
