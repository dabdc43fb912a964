"""What somebody's points are for; and whether others see one's own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from community.pages.requests import SignedInRequest, see_other

from . import actions
from .reading import REASONS_SHOWN, reasons_for, reputation_of


@login_required
@require_safe
def show(request: SignedInRequest, username: str) -> HttpResponse:
    person = get_object_or_404(User, username__iexact=username, is_active=True)
    reputation = reputation_of(person, request.user)
    if reputation is None:
        raise Http404
    context = {
        "person": person,
        "reputation": reputation,
        "reasons": reasons_for(person, request.user),
        "most": REASONS_SHOWN,
    }
    return render(request, "reputation/reputation.html", context)


@login_required
@require_POST
def choose(request: SignedInRequest) -> HttpResponse:
    """Posts `hide` or `show`: one's own."""
    hidden = "hide" in request.POST
    if hidden or "show" in request.POST:
        actions.hide(request.user, hidden=hidden)
        messages.success(request, _("Nobody else sees it now.") if hidden else _("Others see it again."))
    return see_other(reverse("reputation", args=[request.user.username]))
