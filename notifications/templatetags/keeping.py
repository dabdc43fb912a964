"""How long an inbox keeps things, said where one looks at it."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import number_format

register = template.Library()


@register.inclusion_tag("notifications/parts/kept.html")
def how_long_it_keeps() -> dict[str, Any]:
    kept = settings.NOTIFICATION_KEEP_ITEMS
    return {
        "read_days": settings.NOTIFICATION_KEEP_READ_DAYS,
        "unread_days": settings.NOTIFICATION_KEEP_UNREAD_DAYS,
        "items": number_format(kept, force_grouping=True) if kept else "",
    }
