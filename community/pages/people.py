"""A person, as far as the community knows them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from notifications.steering.blocking import block, is_blocked, unblock
from web.returning import safe_next

from ..engagement_counts import with_engagement
from ..models import Group, Post
from .paging import page_of
from .requests import SignedInRequest, see_other

GROUPS_SHOWN = 30


@login_required
@require_GET
def profile(request: SignedInRequest, username: str) -> HttpResponse:
    """Only of what the viewer may see: a private group tells nobody outside who is in it."""
    person = get_object_or_404(User, username__iexact=username, is_active=True)
    posts = Post.objects.visible_to(request.user).filter(author=person).for_display()
    page = page_of(posts, request.GET.get("cursor", ""))
    context = {
        "person": person,
        "groups": Group.objects.visible_to(request.user).joined_by(person)[:GROUPS_SHOWN],
        "views": with_engagement(page.rows, request.user),
        "older": page.older,
        "blocked": is_blocked(request.user, person),
    }
    return render(request, "community/profile.html", context)


@login_required
@require_POST
def block_person(request: SignedInRequest, username: str) -> HttpResponse:
    """Posts `block` or `unblock`. The other is not told."""
    person = get_object_or_404(User, username__iexact=username, is_active=True)
    if "block" in request.POST and person != request.user:
        block(request.user, person)
        said = _("Blocked. Nothing that %(name)s does reaches you, and they are not told.")
        messages.success(request, said % {"name": person})
    elif "unblock" in request.POST and unblock(request.user, person):
        messages.success(request, _("%(name)s reaches you again, from now on.") % {"name": person})
    return see_other(safe_next(request, person.get_absolute_url()))
