"""Who is at work."""

from django.contrib import admin

from ..models import Worker
from .base import LogAdmin


@admin.register(Worker)
class WorkerAdmin(LogAdmin):
    list_display = ("name", "host", "pid", "started_at", "beat_at", "holding")
    search_fields = ("^name",)
    ordering = ("-beat_at",)
