"""Who may say where a group's news goes: its owner and moderators, and staff who see the group."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User
from community.models import Group
from community.permissions import may_look_after, may_see_group

from .models import Webhook


def may_keep(user: User | AnonymousUser | None, group: Group) -> bool:
    if user is None or not user.is_active:
        return False
    return may_look_after(user, group) or (user.is_staff and may_see_group(user, group))


def group_kept_by(user: User, slug: str) -> Group:
    """404 for what one may not see, 403 for what one may only see."""
    group = get_object_or_404(Group.objects.visible_to(user), slug=slug)
    if not may_keep(user, group):
        raise PermissionDenied
    return group


def webhook_kept_by(user: User, pk: int) -> Webhook:
    """Likewise."""
    seen = Webhook.objects.filter(group__in=Group.objects.visible_to(user)).select_related("group", "keeper")
    webhook = get_object_or_404(seen, pk=pk)
    if not may_keep(user, webhook.group):
        raise PermissionDenied
    return webhook
