"""An answer to a mail becomes a comment, by the action that the page uses."""

from django.http import Http404

from accounts.models import User

from .. import actions
from ..models import Comment, Post


def answer_comment(user: User, comment_id: int, text: str) -> None:
    there = Comment.objects.public().select_related("post__group", "parent")
    comment = there.filter(pk=comment_id).first()
    if comment is None:
        raise Http404
    actions.comment(user, comment.post, text, parent=comment)


def answer_post(user: User, post_id: int, text: str) -> None:
    post = Post.objects.select_related("group").filter(pk=post_id).first()
    if post is None:
        raise Http404
    actions.comment(user, post, text)
