"""What the moderation keeps from sight. Its author and those who look after it go on seeing it, until it is
removed; nothing is told of it to anybody."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Withheld(models.TextChoices):
    HELD = "held", _("waits for somebody to look at it")  # never shown yet
    HIDDEN = "hidden", _("hidden")
    REMOVED = "removed", _("removed")


def withheld_field() -> "models.CharField[str, str]":
    return models.CharField(
        _("withheld"), max_length=8, choices=Withheld.choices, blank=True, default="", db_default=""
    )


def shown_to(user: User | AnonymousUser, looked_after: QuerySet[Any], *, group: str, author: str = "") -> Q:
    """Whether the moderation lets `user` see a row. `looked_after`: the groups that they look after."""
    shown = Q(withheld="")
    if not user.pk:
        return shown
    if user.is_staff:
        return ~Q(withheld=Withheld.REMOVED)
    seen = Q(**{f"{group}__in": looked_after})
    if author:
        seen |= Q(**{author: user.pk})
    return shown | (~Q(withheld=Withheld.REMOVED) & seen)
