"""Who may write and send the newsletter, and look after its subscribers."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User

from .models import Edition


def may_publish(user: User | AnonymousUser) -> bool:
    return user.is_active and user.is_staff


def managed(user: User, pk: int | str) -> Edition:
    """404 for what one may not read, 403 for what one may only read."""
    readable = Edition.objects.readable_by(user) | Edition.objects.managed_by(user)
    edition = get_object_or_404(Edition.objects.filter(pk__in=readable.values("pk")).for_display(), pk=pk)
    if not Edition.objects.managed_by(user).filter(pk=edition.pk).exists():
        raise PermissionDenied
    return edition
