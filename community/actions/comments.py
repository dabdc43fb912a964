"""Comments and replies."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.transactions import acting

from ..engagement_signals import comment_deleted
from ..judging import judge
from ..models import Comment, Post, Withheld
from ..models.comments import COMMENT_LENGTH
from ..permissions import may_delete_comment, may_edit_comment, may_see_post
from ..text import render_markdown
from .input import DOUBLE_CLICK, clean_text, one_at_a_time, still_there
from .withholding import withhold


def comment(
    user: User, post: Post, content: str, *, parent: Comment | None = None, at: datetime | None = None
) -> Comment:
    """Write a comment, or a reply to `parent`. The same words again within seconds are the same comment."""
    content = clean_text("content", content, max_length=COMMENT_LENGTH)
    if not may_see_post(user, post):
        raise PermissionDenied
    if parent is not None and (parent.post_id != post.pk or parent.deleted_at or parent.withheld):
        raise ValidationError({"parent": _("The comment you are replying to is not here.")})
    html = render_markdown(content)
    now = at or timezone.now()
    with still_there(parent or post), acting():
        one_at_a_time(user)
        twin = (
            Comment.objects.present()
            .filter(
                post=post,
                author=user,
                parent=parent,
                content=content,
                created_at__range=(now - DOUBLE_CLICK, now + DOUBLE_CLICK),
            )
            .first()
        )
        if twin is not None:
            return twin
        judgement = judge(user, "comment", {"content": content}, at=now)
        written = Comment.objects.create(
            post=post, author=user, parent=parent, content=content, content_html=html, created_at=now,
            withheld=judgement.withheld,
        )  # fmt: skip
        judgement.tell(written)
        return written


def edit_comment(user: User, comment: Comment, content: str) -> Comment:
    content = clean_text("content", content, max_length=COMMENT_LENGTH)
    if not may_edit_comment(user, comment):
        raise PermissionDenied
    if content != comment.content:
        comment.content, comment.content_html = content, render_markdown(content)
        comment.edited_at = timezone.now()
        with still_there(comment), acting():
            one_at_a_time(user)
            judgement = judge(user, "comment", {"content": content}, thing=comment, at=comment.edited_at)
            comment.withheld = judgement.withheld or comment.withheld
            comment.save(update_fields=["content", "content_html", "edited_at", "withheld"])
            if judgement.withheld:
                withhold(comment, Withheld.HELD)
            judgement.tell(comment)
    return comment


def delete_comment(user: User, comment: Comment) -> None:
    """Take it away; where it has replies its place stays, without its words."""
    if not may_delete_comment(user, comment):
        raise PermissionDenied
    remove_comment(comment)


def remove_comment(comment: Comment) -> None:
    """`delete_comment` for the administration, which asks in its own way who may."""
    with acting():
        one_at_a_time(comment.author)
        if comment.replies.exists():
            comment.content = comment.content_html = ""
            comment.deleted_at = timezone.now()
            comment.save(update_fields=["content", "content_html", "deleted_at"])
            comment_deleted(comment)
        else:
            _delete_with_empty_parents(comment)


def _delete_with_empty_parents(comment: Comment) -> None:
    """A deleted parent that held only this reply goes with it."""
    parent = comment.parent
    comment.delete()
    if parent is not None and parent.deleted_at and not parent.replies.exists():
        _delete_with_empty_parents(parent)
