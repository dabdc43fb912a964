"""Webhooks are kept on the pages of groups; here they are seen, and removed. Secrets are shown to nobody."""

from django.contrib import admin
from django.http import HttpRequest

from notifications.admin.base import ActingAdmin, LogAdmin

from .models import Call, Webhook


@admin.register(Webhook)
class WebhookAdmin(ActingAdmin):
    list_display = ("host", "group", "keeper", "state", "reason", "failures", "failing_since", "wait_until")
    list_filter = ("state", "reason")
    list_select_related = ("group", "keeper")
    search_fields = ("=group__slug", "=keeper__username", "url")
    fields = readonly_fields = (*list_display, "url", "events", "created_at", "stopped_at", "rotated_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Call)
class CallAdmin(LogAdmin):
    list_display = (
        "webhook_id",
        "event",
        "object_id",
        "state",
        "tries",
        "status",
        "answer",
        "happened_at",
        "ended_at",
    )
    list_filter = ("state", "event")
