"""Who is at work, what revisions are counted by, and how recurring jobs went."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ..models import Breaker, Budget, Hold, JobRun, RevisionClock, Worker
from ..upkeep import schedule
from .base import LogAdmin


@admin.register(Worker)
class WorkerAdmin(LogAdmin):
    list_display = ("name", "host", "pid", "started_at", "beat_at", "holding", "lanes", "is_reserve")
    search_fields = ("^name",)
    ordering = ("-beat_at",)


@admin.register(RevisionClock)
class RevisionClockAdmin(LogAdmin):
    list_display = ("lineage", "cluster", "base", "latest")


class JobFilter(admin.SimpleListFilter):
    """By the jobs that there are, with what each of them does."""

    title = gettext_lazy("job")
    parameter_name = "job"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(job.name, f"{job.name}: {job.label}") for job in schedule.jobs()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(job=self.value()) if self.value() else queryset


@admin.register(JobRun)
class JobRunAdmin(LogAdmin):
    list_display = (
        "job", "due_at", "started_at", "ended_at", "took", "what", "error", "tries", "worker", "next_due",
    )  # fmt: skip
    list_filter = (JobFilter, ("error", admin.EmptyFieldListFilter))
    ordering = ("-due_at",)

    @admin.display(description=gettext_lazy("took"))
    def took(self, run: JobRun) -> timedelta | None:
        return run.took

    @admin.display(description=gettext_lazy("what it did"))
    def what(self, run: JobRun) -> str:
        return ", ".join(f"{word} {count}" for word, count in run.counts.items() if count)

    @admin.display(description=gettext_lazy("next due"))
    def next_due(self, run: JobRun) -> datetime | None:
        """Of the job, as of now."""
        job = schedule.get(run.job)
        return job.next_due(timezone.now()) if job else None


@admin.register(Budget)
class BudgetAdmin(LogAdmin):
    list_display = ("far_end",)


@admin.register(Breaker)
class BreakerAdmin(LogAdmin):
    list_display = ("channel", "opened_at", "failures", "is_our_fault", "probe_at", "last_error")


@admin.register(Hold)
class HoldAdmin(LogAdmin):
    list_display = ("id", "since")
