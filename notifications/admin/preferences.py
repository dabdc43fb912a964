"""What people chose: for a category, for something narrower, about somebody, or altogether."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ..models import Block, NotificationPreference, PresetChoice, QuietHours, Rule, SummaryTimes
from ..steering import cadencing
from ..steering.quieting import follow
from .base import ActingAdmin


class ChoiceAdmin(ActingAdmin):
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__email")
    raw_id_fields = ("user",)


@admin.register(NotificationPreference)
class PreferenceAdmin(ChoiceAdmin):
    list_display = (
        "user", "notification_type", "in_app_enabled", "email_enabled", "push_enabled", "email_frequency",
    )  # fmt: skip
    list_filter = ("notification_type", "in_app_enabled", "email_enabled", "push_enabled", "email_frequency")

    def save_model(self, request: HttpRequest, obj: NotificationPreference, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        cadencing.follow(obj.user)


@admin.register(Rule)
class RuleAdmin(ChoiceAdmin):
    list_display = (
        "user", "scope", "type", "place_id", "target_type", "target_id", "level", "in_app", "email", "push",
        "created_at",
    )  # fmt: skip
    list_filter = ("scope", "level", "in_app", "email", "push")


@admin.register(PresetChoice)
class PresetAdmin(ChoiceAdmin):
    list_display = ("user", "preset")
    list_filter = ("preset",)


@admin.register(Block)
class BlockAdmin(ActingAdmin):
    list_display = ("user", "blocked", "created_at")
    list_select_related = ("user", "blocked")
    search_fields = ("=user__username", "=blocked__username")
    raw_id_fields = ("user", "blocked")


@admin.register(QuietHours)
class QuietHoursAdmin(ChoiceAdmin):
    list_display = ("user", "is_on", "starts", "ends", "days", "urgent_gets_through")
    list_filter = ("is_on",)

    def save_model(self, request: HttpRequest, obj: QuietHours, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        follow(obj.user)


@admin.register(SummaryTimes)
class SummaryTimesAdmin(ChoiceAdmin):
    list_display = ("user", "hour", "weekday")

    def save_model(self, request: HttpRequest, obj: SummaryTimes, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        cadencing.follow(obj.user)
