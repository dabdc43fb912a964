"""What is open, as a section of the page about security, and the buttons that end it."""

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ..models import User
from . import ending, listing


def section(request: HttpRequest) -> Mapping[str, Any]:
    user = cast(User, request.user)
    return {"open": listing.what_is_open(user, session_key=request.session.session_key, token=None)}


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    row = get_object_or_404(listing.sessions_of(user), pk=pk)
    ending.end_session(user, row)
    if row.session_key == request.session.session_key:
        return redirect("/")
    messages.success(request, _("It is signed out."))
    return redirect("security")


@login_required
@require_POST
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    ending.end_token(user, get_object_or_404(listing.tokens_of(user), pk=pk))
    messages.success(request, _("It is signed out."))
    return redirect("security")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    count = ending.end_others(cast(User, request.user), session_key=request.session.session_key, token=None)
    said = ngettext(
        "You are signed out in one other place.", "You are signed out in %(count)d other places.", count
    )
    messages.success(request, said % {"count": count} if count else _("You were signed in nowhere else."))
    return redirect("security")
