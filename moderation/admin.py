"""Cases are decided on the site, where one reads what they are about; here they can be searched."""

from django.contrib import admin

from notifications.admin.base import LogAdmin

from .models import Case, Decision, Flag, Step, WordRule


@admin.register(Case)
class CaseAdmin(LogAdmin):
    list_display = (
        "title", "target_type", "target_id", "person", "group", "severity", "flags_count", "owner", "due_at",
        "closed_at",
    )  # fmt: skip
    list_filter = ("severity", "target_type", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("person", "group", "owner")
    search_fields = ("title", "=person__username", "=group__slug")


@admin.register(Flag)
class FlagAdmin(LogAdmin):
    list_display = ("id", "case", "flagger", "reason", "created_at")
    list_filter = ("reason",)
    list_select_related = ("case", "flagger")
    search_fields = ("=flagger__username", "=case__id")


@admin.register(Decision)
class DecisionAdmin(LogAdmin):
    list_display = ("id", "case", "action", "by", "created_at")
    list_filter = ("action",)
    list_select_related = ("case", "by")
    search_fields = ("=by__username", "=case__id")


@admin.register(Step)
class StepAdmin(LogAdmin):
    list_display = ("id", "case", "what", "by", "created_at")
    list_filter = ("what",)
    list_select_related = ("case", "by")
    search_fields = ("=case__id",)


@admin.register(WordRule)
class WordRuleAdmin(LogAdmin):
    """Made and removed on the site, where they are checked."""

    list_display = ("pattern", "kind", "then", "by", "created_at")
    list_filter = ("kind", "then")
    list_select_related = ("by",)
    search_fields = ("pattern",)
