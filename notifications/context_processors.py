"""The number on the bell, and what every page may have to say of somebody's mail."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import devices
from .bouncing.suppressing import trouble_of
from .models import Notification
from .models.notification import BADGE_LIMIT


def badge(user: Any) -> str:
    """“”, “3” or “99+”."""
    count = Notification.objects.unread_count_capped(user)
    return "" if not count else f"{BADGE_LIMIT - 1}+" if count >= BADGE_LIMIT else str(count)


def unread_badge(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    devices.is_open_in(request)
    return {"unread_badge": SimpleLazyObject(lambda: badge(user))}


def mail_trouble(request: HttpRequest) -> dict[str, Any]:
    """Asked for by the pages that everybody comes to, and by those where it is mended."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"mail_trouble": SimpleLazyObject(lambda: trouble_of(user.email))}
