"""What people chose: for a category, for something narrower, about somebody, or altogether."""

from django.contrib import admin

from ..models import Block, NotificationPreference, PresetChoice, Rule
from .base import ActingAdmin


@admin.register(NotificationPreference)
class PreferenceAdmin(ActingAdmin):
    list_display = (
        "user", "notification_type", "in_app_enabled", "email_enabled", "push_enabled", "email_frequency",
    )  # fmt: skip
    list_filter = ("notification_type", "in_app_enabled", "email_enabled", "push_enabled", "email_frequency")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__email")
    raw_id_fields = ("user",)


@admin.register(Rule)
class RuleAdmin(ActingAdmin):
    list_display = (
        "user", "scope", "type", "place_id", "target_type", "target_id", "level", "in_app", "email", "push",
        "created_at",
    )  # fmt: skip
    list_filter = ("scope", "level", "in_app", "email", "push")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__email")
    raw_id_fields = ("user",)


@admin.register(PresetChoice)
class PresetAdmin(ActingAdmin):
    list_display = ("user", "preset")
    list_filter = ("preset",)
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__email")
    raw_id_fields = ("user",)


@admin.register(Block)
class BlockAdmin(ActingAdmin):
    list_display = ("user", "blocked", "created_at")
    list_select_related = ("user", "blocked")
    search_fields = ("=user__username", "=blocked__username")
    raw_id_fields = ("user", "blocked")
