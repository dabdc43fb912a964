"""Who may announce, and look after what was announced."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User

from .models import Announcement


def may_announce(user: User | AnonymousUser) -> bool:
    return user.is_active and user.is_staff


def managed(user: User, pk: int | str) -> Announcement:
    """404 for what one may not read, 403 for what one may only read."""
    announcement = get_object_or_404(Announcement.objects.readable_by(user).for_display(), pk=pk)
    if not Announcement.objects.managed_by(user).filter(pk=announcement.pk).exists():
        raise PermissionDenied
    return announcement
