"""Who is at work, what revisions are counted by, and what was swept away."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from ..models import PruneRun, RevisionClock, Worker
from .base import LogAdmin


@admin.register(Worker)
class WorkerAdmin(LogAdmin):
    list_display = ("name", "host", "pid", "started_at", "beat_at", "holding")
    search_fields = ("^name",)
    ordering = ("-beat_at",)


@admin.register(RevisionClock)
class RevisionClockAdmin(LogAdmin):
    list_display = ("lineage", "cluster", "base", "latest")


@admin.register(PruneRun)
class PruneRunAdmin(LogAdmin):
    list_display = ("started_at", "day", "what", "ended_at", "worker")
    list_filter = (("day", admin.EmptyFieldListFilter),)

    @admin.display(description=gettext_lazy("what went"))
    def what(self, run: PruneRun) -> str:
        return ", ".join(f"{why} {count}" for why, count in run.counts.items() if count)
