"""The page "Operating": how the engine is, at a glance."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import channels
from ..models import Breaker, Tally, TallyClock, Worker
from ..outbox.workers import SILENCE
from ..outgoing import budget
from ..upkeep import flow, schedule, waiting
from ..upkeep.concerns import concerns
from .base import LogAdmin
from .charts import Chart, bars, lines
from .finding import find_event_url

WORKERS_SHOWN = 50


class Panel(NamedTuple):
    lane: flow.Lane
    charts: list[Chart]  # none where there would be nothing in any


@admin.register(Tally)
class TallyAdmin(LogAdmin):
    """Its list is the page: who wants a single line of the count opens it by its number."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("find", "").strip()[:500]
        if asked:
            if url := find_event_url(asked):
                return HttpResponseRedirect(url)
            self.message_user(request, _("Nothing here has this number or Message-ID."), messages.WARNING)
        span = next((one for one in flow.SPANS if one.name == request.GET.get("span")), flow.SPANS[0])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Operating"),
            "opts": self.opts,
            "asked": asked,
            "spans": flow.SPANS,
            "span": span,
            **_state(timezone.now(), span),
        }
        return TemplateResponse(request, "admin/notifications/operating.html", context)


@admin.register(TallyClock)
class TallyClockAdmin(LogAdmin):
    list_display = ("id", "until")


def _state(now: datetime, span: flow.Span) -> dict[str, Any]:
    """As many queries whatever the number of rows, each by an index."""
    queues = waiting.queues(now)
    workers = list(Worker.objects.order_by("-beat_at")[:WORKERS_SHOWN])
    jobs = schedule.health(now)
    lanes = flow.read(span, now)
    budgets = list(budget.standings(now))
    clock = TallyClock.objects.filter(pk=1).first()
    troubled = waiting.troubled()
    return {
        "concerns": list(concerns(now, queues=queues, workers=workers, jobs=jobs, budgets=budgets)),
        "queues": queues,
        "breakers": _open_breakers(),
        "budgets": budgets,
        "troubled": [(state, troubled[state.value]) for state in waiting.TROUBLED],
        "dead_events": waiting.dead_events(),
        "workers": [(worker, worker.beat_at > now - SILENCE) for worker in workers],
        "jobs": jobs,
        "panels": [_panel(lane) for lane in lanes],
        "counted_until": clock.until if clock else None,
    }


def _open_breakers() -> dict[str, Breaker]:
    """Lane → the one that keeps it from sending."""
    opened = Breaker.objects.filter(opened_at__isnull=False).in_bulk()
    names = {channel.name: channel.far_end or channel.name for channel in channels.in_use()}
    return {lane: opened[name] for lane, name in names.items() if name in opened}


def _panel(lane: flow.Lane) -> Panel:
    charts = _charts(lane)
    return Panel(lane, charts if any(chart.peak for chart in charts) else [])


def _charts(lane: flow.Lane) -> list[Chart]:
    steps = lane.steps
    is_inbox = lane.name == waiting.INBOX
    return [
        bars(
            gettext_lazy("Told or let go") if is_inbox else gettext_lazy("Sent or let go"),
            {
                "good": [step.good for step in steps],
                "left": [step.left for step in steps],
                "bad": [step.bad for step in steps],
            },
        ),
        lines(
            gettext_lazy("From what happened to the inbox")
            if is_inbox
            else gettext_lazy("From what happened to the hand-over"),
            {"most": [step.most for step in steps], "half": [step.half for step in steps]},
        ),
        bars(gettext_lazy("Waiting, at most"), {"wait": [step.waiting for step in steps]}),
        bars(
            gettext_lazy("How late, at most"),
            {"late": [step.late_seconds for step in steps]},
            unit="seconds",
        ),
    ]
