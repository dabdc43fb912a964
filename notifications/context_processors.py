"""The number on the bell."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import devices
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
