"""Writing down what a person wants. Deciding by it is `preferences.py`'s."""

from collections.abc import Mapping
from typing import Any

from .. import kinds
from ..models import Category, NotificationPreference
from ..transactions import acting
from . import cadencing

Changes = Mapping[str, Any]
"""Field → value: in_app_enabled, email_enabled, push_enabled, email_frequency."""


def categories_in_use() -> list[Category]:
    """Those that have kinds: a category comes with the part of the site that it is about."""
    used = {kind.category for kind in kinds.all_kinds()}
    return [category for category in Category if category in used]


def set_preferences(user: Any, wishes: Mapping[Category, Changes]) -> None:
    """Store what is given and leave the rest; holds for what is waiting already."""
    with acting():
        for category, changes in wishes.items():
            NotificationPreference.objects.update_or_create(
                user_id=user.pk, notification_type=category, defaults=dict(changes)
            )
        if any("email_frequency" in changes for changes in wishes.values()):
            cadencing.follow(user)
