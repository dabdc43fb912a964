"""The groups in the navigation."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Group


def my_groups(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"my_groups": SimpleLazyObject(lambda: list(Group.objects.joined_by(user)[:20]))}
