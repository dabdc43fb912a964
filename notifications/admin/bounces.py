"""Mail that came back, and the addresses that none goes to for it."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..bouncing import suppressing
from ..models import Bounce, Suppression
from ..upkeep.operations import Done
from .base import LogAdmin
from .operating import OperatedLogAdmin


@admin.register(Suppression)
class SuppressionAdmin(OperatedLogAdmin):
    list_display = (
        "address", "why", "what", "weight", "count", "since", "last_at", "stopped_at", "resumed_at",
        "resumes", "words",
    )  # fmt: skip
    list_filter = ("stops", "cause")
    search_fields = ("address",)
    ordering = ("-last_at",)
    actions = ("lift",)

    @admin.display(description=gettext_lazy("stopped"), ordering="stops")
    def why(self, row: Suppression) -> str:
        return row.stops  # the word; its page has the sentence

    @admin.display(description=gettext_lazy("cause"), ordering="cause")
    def what(self, row: Suppression) -> str:
        return row.cause  # likewise

    @admin.display(description=gettext_lazy("score"), ordering="score")
    def weight(self, row: Suppression) -> str:
        """As of now: it fades."""
        return number_format(round(suppressing.score_of(row), 2))

    @admin.action(description=gettext_lazy("Lift: mail goes there again"), permissions=["operate"])
    def lift(self, request: HttpRequest, rows: QuerySet[Suppression]) -> HttpResponse | None:
        question = _("Have mail go to these again?")
        return self.ask_and_do(request, rows, _lift, question=question, button=_("Lift"))


@admin.register(Bounce)
class BounceAdmin(LogAdmin):
    list_display = (
        "id", "received_at", "address", "cause", "has_counted", "source", "delivery_id", "words",
    )  # fmt: skip
    list_filter = ("cause", "source", "has_counted")
    search_fields = ("=address", "=delivery_id")


def _lift(rows: QuerySet[Any], asked_at: datetime) -> Done:
    count, ids = rows.count(), list(rows.exclude(stops="").values_list("pk", flat=True))
    lifted = suppressing.lift(rows)
    return Done(lifted, count - lifted, ids)
