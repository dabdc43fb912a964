"""Whether one gets the newsletter, said where one chooses what reaches one."""

from typing import Any

from django import template

from accounts.models import User
from newsletters.subscribing import is_subscribed

register = template.Library()


@register.inclusion_tag("newsletters/parts/choice.html", takes_context=True)
def newsletter_choice(context: Any, *, back: str) -> dict[str, Any]:
    user: User = context["user"]
    return {
        "user": user,
        "csrf_token": context.get("csrf_token"),
        "is_subscribed": is_subscribed(user),
        "next": back,
    }
