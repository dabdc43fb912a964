"""Messages outside the site, and every attempt at them."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Attempt, Delivery
from ..upkeep.operations import discard_deliveries, may_repeat, requeue_deliveries
from .base import ChannelFilter, LogAdmin
from .dead_letters import AgeFilter, CauseFilter, DomainFilter, TroubleFilter
from .events import explain_url
from .operating import OperatedLogAdmin

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[Attempt, Delivery]
else:
    TabularInline = admin.TabularInline


def _story_url(delivery: Delivery) -> str:
    """Of its event, for whom it is."""
    person = delivery.recipient.get_username() if delivery.recipient else delivery.address
    return explain_url(delivery.event_id or 0, person)


class AttemptInline(TabularInline):
    model = Attempt
    extra = 0
    can_delete = False
    fields = readonly_fields = ("started_at", "ended_at", "outcome", "answer", "worker")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(OperatedLogAdmin):
    list_display = (
        "id", "story", "channel", "whom", "state", "why", "attempts", "handovers", "due_at", "created_at",
        "ended_at",
    )  # fmt: skip
    list_filter = (
        TroubleFilter, CauseFilter, DomainFilter, AgeFilter, ChannelFilter, "state", "reason", "cadence",
        "is_urgent",
    )  # fmt: skip
    search_fields = ("=id", "=event_id", "=recipient__username", "=recipient__email", "=address")
    people = ("recipient",)
    actions = ("requeue", "discard", "explain")
    inlines = (AttemptInline,)

    @admin.display(description=gettext_lazy("for"))
    def whom(self, delivery: Delivery) -> Any:
        return delivery.recipient or delivery.address

    def in_words(self, row: Delivery) -> str:
        return _("%(channel)s to %(whom)s, %(state)s") % {
            "channel": row.channel,
            "whom": self.whom(row) or _("a person who is gone"),
            "state": Delivery.end_in_words(row.state, row.reason),
        }

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, delivery: Delivery) -> str:
        return delivery.reason  # the word; the page of the delivery has the sentence

    @admin.display(description=gettext_lazy("story"))
    def story(self, delivery: Delivery) -> SafeString:
        if delivery.event_id is None:
            members = f"{reverse('admin:notifications_delivery_changelist')}?summary_id={delivery.pk}"
            return format_html('<a href="{}">{}</a>', members, _("what it sums up"))
        return format_html('<a href="{}">{}</a>', _story_url(delivery), _("explain"))

    @admin.action(description=gettext_lazy("Requeue: send now"), permissions=["operate"])
    def requeue(self, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse | None:
        return self.ask_and_do(
            request,
            rows,
            requeue_deliveries,
            question=_("Send these now?"),
            button=_("Requeue"),
            repeats=may_repeat,
        )

    @admin.action(description=gettext_lazy("Discard: do not send"), permissions=["operate"])
    def discard(self, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse | None:
        question = _("Not send these any more?")
        return self.ask_and_do(
            request, rows, discard_deliveries, question=question, button=_("Discard"), asks_why=True
        )

    @admin.action(description=gettext_lazy("Explain what became of it"), permissions=["view"])
    def explain(self, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse | None:
        ids = list(rows.values_list("event_id", flat=True)[:2])
        if len(ids) == 1 and ids[0]:
            return HttpResponseRedirect(explain_url(ids[0]))
        self.message_user(
            request, _("Choose one delivery to be explained, and no summary."), messages.WARNING
        )
        return None


@admin.register(Attempt)
class AttemptAdmin(LogAdmin):
    list_display = ("id", "delivery_id", "started_at", "ended_at", "outcome", "answer", "worker")
    list_filter = ("outcome",)
    search_fields = ("=delivery__id", "^worker")
