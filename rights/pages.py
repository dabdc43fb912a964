"""The pages of what people may ask for about themselves. allauth asks once more who it is."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.pages.requests import SignedInRequest, see_other

from . import exporting
from .models import Export

Page = Callable[..., HttpResponseBase]


def proven(view: Page) -> Page:
    """What is sent to it comes from somebody who has just typed their password. Who has none chooses one."""
    checked = cast(Page, reauthentication_required(view, allow_get=True))

    @login_required
    @wraps(view)
    def page(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.has_usable_password():
            messages.info(request, _("Your account has no password yet. Choose one first."))
            return redirect("account_set_password")
        return checked(request, *args, **kwargs)

    return page


@require_http_methods(["GET", "HEAD", "POST"])
@proven
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


def file_of(export: Export) -> FileResponse:
    try:
        file = exporting.path_of(export).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename="data.zip", content_type="application/zip")
    response["Cache-Control"] = "no-store, private"
    return response
