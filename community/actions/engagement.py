"""What people do to a post with one press of a button."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.transactions import acting

from ..models import Bookmark, Post, PostReaction
from ..permissions import may_see_post
from .input import still_there


def react(
    user: User, post: Post, reaction_type: str = PostReaction.Type.LIKE, *, at: datetime | None = None
) -> bool:
    """Add this reaction; False where it was there already."""
    _check(user, post, reaction_type)
    with still_there(post), acting():
        _reaction, created = PostReaction.objects.get_or_create(
            post=post, user=user, reaction_type=reaction_type, defaults={"created_at": at or timezone.now()}
        )
    return created


def unreact(user: User, post: Post, reaction_type: str = PostReaction.Type.LIKE) -> bool:
    """Take this reaction back; False where there was none."""
    _check(user, post, reaction_type)
    with acting():
        deleted, _rows = PostReaction.objects.filter(
            post=post, user=user, reaction_type=reaction_type
        ).delete()
    return bool(deleted)


def bookmark(user: User, post: Post, *, at: datetime | None = None) -> bool:
    """Keep the post in the person's own list; False where it was there already."""
    _check(user, post)
    with still_there(post), acting():
        _bookmark, created = Bookmark.objects.get_or_create(
            post=post, user=user, defaults={"created_at": at or timezone.now()}
        )
    return created


def unbookmark(user: User, post: Post) -> bool:
    """False where it was not in the list. Also for posts now out of sight: the list is the person's."""
    with acting():
        deleted, _rows = Bookmark.objects.filter(post=post, user=user).delete()
    return bool(deleted)


def _check(user: User, post: Post, reaction_type: str = PostReaction.Type.LIKE) -> None:
    if reaction_type not in PostReaction.Type.values:
        raise ValidationError({"reaction_type": _("There is no reaction of this name.")})
    if not may_see_post(user, post):
        raise PermissionDenied
