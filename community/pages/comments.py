"""Writing comments, changing them, taking them away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User

from .. import actions
from ..forms import CommentForm, NewCommentForm, add_errors
from ..models import Comment, Post
from ..permissions import may_delete_comment, may_edit_comment
from .post_page import post_page
from .requests import SignedInRequest, see_other


@login_required
def new_comment(request: SignedInRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).for_display(), pk=pk)
    if request.method != "POST":  # after signing in, or a reload of the answer to a refused comment
        return redirect(post)
    place = "reply" if request.POST.get("parent") else "comment"
    form = NewCommentForm(post, request.POST, auto_id=f"{place}_%s")
    if form.is_valid():
        try:
            written = actions.comment(request.user, post, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            if request.htmx:
                return post_page(request, post, written=written)
            return see_other(written.get_absolute_url())
    return post_page(request, post, form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_comment(request: SignedInRequest, pk: int) -> HttpResponse:
    comment = _find(request.user, pk)
    if not may_edit_comment(request.user, comment):
        raise PermissionDenied
    form = CommentForm(request.POST or None, initial={"content": comment.content})
    if form.is_valid():
        try:
            changed = actions.edit_comment(request.user, comment, form.cleaned_data["content"])
            return see_other(changed.get_absolute_url())
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "comment": comment}
    return render(request, "community/edit_comment.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_comment(request: SignedInRequest, pk: int) -> HttpResponse:
    comment = _find(request.user, pk)
    if not may_delete_comment(request.user, comment):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "community/delete_comment.html", {"comment": comment})
    actions.delete_comment(request.user, comment)
    messages.success(request, _("The comment was deleted."))
    return see_other(f"{comment.post.get_absolute_url()}#comments")


def _find(user: User, pk: int) -> Comment:
    """A comment that is there and that this person may see."""
    there = Comment.objects.visible_to(user).present().select_related("author", "post__group", "parent")
    return get_object_or_404(there, pk=pk)
