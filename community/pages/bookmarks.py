"""What a person keeps."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ..engagement_counts import with_engagement
from ..models import Post
from .paging import page_of
from .requests import SignedInRequest


@login_required
@require_GET
def bookmark_list(request: SignedInRequest) -> HttpResponse:
    """The latest bookmark first. What went out of sight stays kept, and is shown again if it comes back."""
    kept = request.user.bookmarks.filter(post__in=Post.objects.visible_to(request.user))
    kept = kept.select_related("post__author", "post__group").prefetch_related("post__images")
    page = page_of(kept, request.GET.get("cursor", ""))
    views = with_engagement([bookmark.post for bookmark in page.rows], request.user)
    return render(request, "community/bookmarks.html", {"views": views, "older": page.older})
