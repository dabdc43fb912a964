"""How closely somebody follows a group or a post."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.models import Level
from notifications.steering.levels import set_place_level, set_thread_level

from ..models import Group, Post
from ..permissions import is_member, may_see_group, may_see_post


def follow_group(user: User, group: Group, level: str) -> Level:
    """Only members watch it: who looks in from outside is told of nothing there anyway."""
    wanted = _checked(level)
    if not may_see_group(user, group) or (wanted == Level.WATCHING and not is_member(user, group)):
        raise PermissionDenied
    set_place_level(user, group.pk, wanted)
    return wanted


def follow_post(user: User, post: Post, level: str) -> Level:
    wanted = _checked(level)
    if not may_see_post(user, post):
        raise PermissionDenied
    set_thread_level(user, "post", post.pk, wanted, place_id=post.group_id)
    return wanted


def _checked(level: str) -> Level:
    if level not in Level.values:
        raise ValidationError({"level": _("There is no level of this name.")})
    return Level(level)
