"""Who is at work, and what revisions are counted by."""

from django.contrib import admin

from ..models import RevisionClock, Worker
from .base import LogAdmin


@admin.register(Worker)
class WorkerAdmin(LogAdmin):
    list_display = ("name", "host", "pid", "started_at", "beat_at", "holding")
    search_fields = ("^name",)
    ordering = ("-beat_at",)


@admin.register(RevisionClock)
class RevisionClockAdmin(LogAdmin):
    list_display = ("lineage", "cluster", "base", "latest")
