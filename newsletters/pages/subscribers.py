"""For staff: who gets the newsletter, and lists of addresses in and out."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.forms import add_errors
from community.pages.paging import page_of
from community.pages.requests import SignedInRequest, see_other

from .. import subscribing
from ..forms import ListForm
from ..lists import BYTES_MAX, export_list, import_list
from ..models import Subscriber
from ..permissions import may_publish


@login_required
@require_safe
def subscriber_list(request: SignedInRequest) -> HttpResponse:
    """The newest first; `q` finds by a part of the address or name."""
    _check(request)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:254]
    rows = Subscriber.objects.select_related("user")
    if words:
        by_account = Q(user__email__icontains=words) | Q(user__name__icontains=words)
        rows = rows.filter(Q(address__icontains=words) | by_account)
    page = page_of(rows, request.GET.get("before", ""))
    context = {
        "subscribers": page.rows,
        "current": Subscriber.objects.current().count(),
        "words": words,
        "older": page.older and f"?{urlencode({'before': page.older, 'q': words})}",
    }
    return render(request, "newsletters/subscribers.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_subscribers(request: SignedInRequest) -> HttpResponse:
    _check(request)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    imported = None
    if form.is_valid():
        try:
            imported = import_list(request.user, form.cleaned_data["file"].read(BYTES_MAX + 1))
            form = ListForm()
        except ValidationError as error:
            add_errors(form, ValidationError({"file": error.messages}))
    context = {"form": form, "imported": imported}
    return render(request, "newsletters/import.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def export_subscribers(request: SignedInRequest) -> StreamingHttpResponse:
    _check(request)
    lines: Iterator[str] = export_list()
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="subscribers.csv"'},
    )


@login_required
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    _check(request)
    subscriber = get_object_or_404(Subscriber.objects.select_related("user"), pk=pk)
    subscribing.remove(request.user, subscriber)
    messages.success(request, _("%(who)s gets the newsletter no more.") % {"who": subscriber})
    return see_other(reverse("subscribers"))


def _check(request: SignedInRequest) -> None:
    if not may_publish(request.user):
        raise PermissionDenied
