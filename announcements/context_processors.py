"""The announcements at the top of the feed."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .banners import banners_for


def my_announcements(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"my_announcements": SimpleLazyObject(lambda: banners_for(user))}
