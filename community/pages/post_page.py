"""The page of one post: what its three writers (posts, comments, the reply in place) all show."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from ..engagement_counts import with_engagement
from ..forms import NewCommentForm
from ..models import Comment, Post
from ..permissions import may_delete_post
from ..thread import part_of, reading_order, thread_of
from .following import following_post
from .requests import SignedInRequest, id_in_query


def post_page(
    request: SignedInRequest,
    post: Post,
    *,
    form: NewCommentForm | None = None,
    written: Comment | None = None,
) -> HttpResponse:
    """`form`: a comment that was refused; `written`: one that was just taken.

    htmx gets the comments alone.
    """
    may_delete = may_delete_post(request.user, post)
    [view] = with_engagement([post], request.user)
    forms = _forms(request, post, form, written)
    looked_for = written.pk if written else forms.get("reply_to") or id_in_query(request, "comment")
    part = part_of(reading_order(post.comments.oldest_first().values_list("pk", "parent_id")), looked_for)
    comments = post.comments.with_shown_to(request.user).select_related("author", "parent__author")
    comments = comments.defer("parent__content", "parent__content_html")
    context = {
        "view": view,
        "post": post,
        "post_url": post.get_absolute_url(),
        "may_delete": may_delete,
        "part": part,
        "thread": thread_of(part.places, comments.in_bulk([place.pk for place in part.places])),
        "written": written,
        **forms,
    }
    if not request.htmx:
        context["following"] = following_post(request.user, post)
    template = "community/partials/comments.html" if request.htmx else "community/post.html"
    return render(request, template, context, status=422 if form else 200)


def comment_foot(request: SignedInRequest, post: Post) -> HttpResponse:
    """What stands under one comment: the form of a reply to it, or the buttons that lead there."""
    replying = "reply_to" in request.GET
    pk = id_in_query(request, "reply_to" if replying else "foot")
    there = post.comments.visible_to(request.user).present().select_related("author")
    comment = get_object_or_404(there, pk=pk)
    context = {
        "post": post,
        "post_url": post.get_absolute_url(),
        "comment": comment,
        "may_delete": may_delete_post(request.user, post),
        "reply_form": _reply_form(post, comment) if replying else None,
        "focused": not replying,
    }
    return render(request, "community/partials/comment_foot.html", context)


def _forms(
    request: SignedInRequest, post: Post, refused: NewCommentForm | None, written: Comment | None
) -> dict[str, Any]:
    """The form below the thread, and that of a reply in its place. What was refused stands where it was."""
    parent = refused.cleaned_data.get("parent") if refused else None
    if refused and parent is None:
        return {"comment_form": refused}
    if parent is None and (pk := id_in_query(request, "reply_to")):
        parent = post.comments.public().filter(pk=pk).first()
    below = NewCommentForm(post, auto_id="comment_%s")
    if parent or (written and written.parent_id):  # a reply was sent: htmx leaves what stands below alone
        below.fields["content"].widget.attrs["hx-preserve"] = True
    forms: dict[str, Any] = {"comment_form": below}
    if parent:
        forms |= {"reply_to": parent.pk, "reply_form": refused or _reply_form(post, parent)}
    return forms


def _reply_form(post: Post, parent: Comment) -> NewCommentForm:
    form = NewCommentForm(post, initial={"parent": parent.pk}, auto_id="reply_%s")
    form.fields["content"].label = _("Your reply")
    form.fields["content"].widget.attrs["autofocus"] = True
    return form
