"""Quiet, normal, everything: what holds for whoever chose nothing narrower."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from .. import kinds
from ..models import (
    Category,
    NotificationPreference,
    Preset,
    PresetChoice,
    Rule,
)
from ..transactions import acting


def preset_of(user: Any) -> Preset:
    chosen = PresetChoice.objects.filter(user_id=user.pk).first()
    return Preset(chosen.preset) if chosen else Preset.NORMAL


def own_choices(user: Any) -> int:
    """How many choices a preset would discard. What is watched, muted or blocked it leaves alone."""
    return _switched_off(user).count() + Rule.objects.of(user).filter(scope=Rule.Scope.KIND).count()


def choose_preset(user: Any, preset: Preset) -> None:
    """It begins with nothing in its way: switches and kinds go back to what it says."""
    with acting():
        if preset == Preset.NORMAL:
            PresetChoice.objects.filter(user_id=user.pk).delete()
        else:
            PresetChoice.objects.update_or_create(user_id=user.pk, defaults={"preset": preset})
        _switched_off(user).update(in_app_enabled=True, email_enabled=True, push_enabled=True)
        Rule.objects.of(user).filter(scope=Rule.Scope.KIND).delete()


def _switched_off(user: Any) -> QuerySet[NotificationPreference]:
    rows = NotificationPreference.objects.of(user).filter(notification_type__in=_steered_categories())
    return rows.exclude(in_app_enabled=True, email_enabled=True, push_enabled=True)


def _steered_categories() -> Collection[Category]:
    return {kind.category for kind in kinds.all_kinds() if kind.steered}
