"""Tokens of the API: where each was made, and when and from where it was used last."""

from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone
from knox.models import AuthToken

from audit.requests import served
from notifications.devices import BROWSERS, label_of_agent
from notifications.transactions import acting

from ..limits.whose import address_of
from ..models import AGENT_LENGTH, TokenUse
from . import lately


def connect() -> None:
    post_save.connect(made, sender=AuthToken, dispatch_uid="accounts.access.token_made")


def made(instance: AuthToken, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """However it was: by signing in, or by hand."""
    if not created or raw:
        return
    here = served()
    lately.is_due(instance.pk)
    TokenUse.objects.create(token=instance, used_at=timezone.now(), **(_where(here.request) if here else {}))


def used(request: Any, token: AuthToken) -> None:
    """Every few minutes."""
    if not lately.is_due(token.pk):
        return
    now = timezone.now()
    with acting():
        uses = TokenUse.objects.filter(token=token, used_at__lt=now - lately.EVERY)
        uses.update(used_at=now, **_where(request))


def device_of(use: TokenUse) -> str:
    """“Firefox on Android”, or the first word of what a program calls itself."""
    is_browser = any(f"{sign}/" in use.agent for sign in BROWSERS)
    return label_of_agent(use.agent) if is_browser else use.agent.partition(" ")[0]


def _where(request: Any) -> dict[str, str]:
    agent = str(request.META.get("HTTP_USER_AGENT", ""))[:AGENT_LENGTH]
    return {"agent": agent, "address": address_of(request)}
