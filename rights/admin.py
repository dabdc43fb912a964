"""Seen by the staff, and changed by the people themselves. The files are nobody else's."""

from django.contrib import admin

from notifications.admin.base import LogAdmin

from .models import Export


@admin.register(Export)
class ExportAdmin(LogAdmin):
    list_display = ("user", "asked_at", "tries", "ready_at", "expires_at", "size")
    list_select_related = ("user",)
    search_fields = ("=user__username",)
    exclude = ("name",)
