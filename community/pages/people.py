"""A person, as far as the community knows them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.models import User

from ..engagement_counts import with_engagement
from ..models import Group, Post
from .paging import page_of
from .requests import SignedInRequest

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
    }
    return render(request, "community/profile.html", context)
