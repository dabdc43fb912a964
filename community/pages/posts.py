"""The feed, and posts one by one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from notifications.inbox.actions import mark_thing_read

from .. import actions
from ..engagement_counts import with_engagement
from ..forms import NewPostForm, PostForm, add_errors
from ..models import Group, Post
from ..models.posts import CONTENT_LENGTH
from ..permissions import may_delete_post, may_edit_post
from ..text import render_markdown
from .paging import page_of
from .post_page import comment_foot, post_page
from .requests import PageRequest, SignedInRequest, is_opened_by_a_person, see_other

NEWEST = 4  # groups and people beside the feed


@require_safe
def feed(request: PageRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        return render(request, "community/welcome.html")
    page = page_of(Post.objects.visible_to(user).for_display(), request.GET.get("before", ""))
    context = {
        "views": with_engagement(page.rows, user),
        "older": page.older and f"?before={page.older}",
        "newest_groups": Group.objects.visible_to(user).order_by("-pk")[:NEWEST],
        "newest_people": User.objects.filter(is_active=True, profile_hidden=False).order_by("-pk")[:NEWEST],
    }
    return render(request, "community/feed.html", context)


@login_required
@require_safe
def show_post(request: SignedInRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).for_display(), pk=pk)
    if request.htmx:
        return comment_foot(request, post)
    if is_opened_by_a_person(request):
        mark_thing_read(request.user, "post", post.pk)
    return post_page(request, post)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_post(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        form = NewPostForm(request.user, initial={"group": request.GET.get("group", "")})
        return render(request, "community/new_post.html", {"form": form})
    form = NewPostForm(request.user, request.POST, request.FILES)
    if "preview" in request.POST:
        return _preview(request, "community/new_post.html", form)
    if form.is_valid():
        try:
            return see_other(actions.create_post(request.user, **form.cleaned_data).get_absolute_url())
        except ValidationError as error:
            add_errors(form, error)
    return render(request, "community/new_post.html", {"form": form}, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_post(request: SignedInRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    if not may_edit_post(request.user, post):
        raise PermissionDenied
    form = PostForm(request.POST or None, initial={"title": post.title, "content": post.content})
    if "preview" in request.POST:
        return _preview(request, "community/edit_post.html", form, post)
    if form.is_valid():
        try:
            return see_other(actions.edit_post(request.user, post, **form.cleaned_data).get_absolute_url())
        except ValidationError as error:
            add_errors(form, error)
    status = 422 if form.is_bound else 200
    return render(request, "community/edit_post.html", {"form": form, "post": post}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_post(request: SignedInRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("author", "group"), pk=pk)
    if not may_delete_post(request.user, post):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "community/delete_post.html", {"post": post})
    actions.delete_post(request.user, post)
    messages.success(request, _("The post was deleted."))
    return see_other(post.group.get_absolute_url() if post.group else reverse("feed"))


def _preview(
    request: SignedInRequest, template: str, form: PostForm, post: Post | None = None
) -> HttpResponse:
    words = form["content"].value() or ""
    context = {"form": form, "post": post, "preview": render_markdown(words[:CONTENT_LENGTH])}
    return render(request, "community/partials/preview.html" if request.htmx else template, context)
