"""What somebody's profile says of their reputation."""

from typing import Any

from django import template
from django.conf import settings

from accounts.models import User
from reputation.reading import reputation_of

register = template.Library()


@register.inclusion_tag("reputation/parts/panel.html", takes_context=True)
def reputation_panel(context: Any, person: User) -> dict[str, Any]:
    viewer: User = context["user"]
    if not settings.REPUTATION:
        return {}
    return {"person": person, "user": viewer, "reputation": reputation_of(person, viewer)}
