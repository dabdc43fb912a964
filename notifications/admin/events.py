"""Facts: what happened, how far it is, and the story of each."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import kinds
from ..inbox.paging import Place
from ..models import Delivery, Event
from ..upkeep.explain import find_person, reach
from ..upkeep.operations import discard_events, may_repeat, requeue_events
from ..upkeep.telling import sentences
from ..upkeep.timeline import COUNTED, counts_of, timeline_of
from .base import KindFilter
from .operating import OperatedLogAdmin


def explain_url(event_id: int, person: str = "") -> str:
    query = {"person": person} if person else None
    return reverse("admin:notifications_event_explain", args=[event_id], query=query)


def _is_anonymous(event: Event) -> bool:
    """Of a kind that tells that, never who: not here either."""
    kind = kinds.get(event.kind)
    return kind is not None and kind.anonymous


@admin.register(Event)
class EventAdmin(OperatedLogAdmin):
    list_display = (
        "id", "story", "kind", "who", "whom", "what", "state", "ended_as", "mailed", "attempts", "created_at",
    )  # fmt: skip
    list_filter = ("state", "outcome", "mail", KindFilter)
    search_fields = ("=id", "^key", "=recipient__username", "=actor__username")
    people = ("actor", "recipient")
    actions = ("requeue", "discard", "explain")

    @admin.display(description=gettext_lazy("by"))
    def who(self, event: Event) -> Any:
        return _("somebody") if _is_anonymous(event) else event.actor

    @admin.display(description=gettext_lazy("for"))
    def whom(self, event: Event) -> Any:
        return event.recipient if event.recipient_id else _("everybody it concerns")

    @admin.display(description=gettext_lazy("about"))
    def what(self, event: Event) -> str:
        return f"{event.target_type} {event.target_id}"

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def ended_as(self, event: Event) -> str:
        return event.outcome  # the word; the page of the event has the sentence

    @admin.display(description=gettext_lazy("mail"), ordering="mail")
    def mailed(self, event: Event) -> str:
        return event.mail

    @admin.display(description=gettext_lazy("story"))
    def story(self, event: Event) -> SafeString:
        return format_html('<a href="{}">{}</a>', explain_url(event.pk), _("explain"))

    @admin.action(description=gettext_lazy("Requeue: decide again"), permissions=["operate"])
    def requeue(self, request: HttpRequest, rows: QuerySet[Event]) -> HttpResponse | None:
        return self.ask_and_do(
            request,
            rows,
            requeue_events,
            question=_("Decide these events again?"),
            button=_("Requeue"),
            repeats=lambda events: may_repeat(Delivery.objects.filter(event_id__in=events.values("pk"))),
        )

    @admin.action(description=gettext_lazy("Discard: tell nobody more"), permissions=["operate"])
    def discard(self, request: HttpRequest, rows: QuerySet[Event]) -> HttpResponse | None:
        question = _("Tell nobody more of these events?")
        return self.ask_and_do(
            request, rows, discard_events, question=question, button=_("Discard"), asks_why=True
        )

    @admin.action(description=gettext_lazy("Explain what became of it"), permissions=["view"])
    def explain(self, request: HttpRequest, rows: QuerySet[Event]) -> HttpResponse | None:
        ids = list(rows.values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            return HttpResponseRedirect(explain_url(ids[0]))
        self.message_user(request, _("Choose one event to be explained."), messages.WARNING)
        return None

    def get_exclude(self, request: HttpRequest, obj: Event | None = None) -> tuple[str, ...]:
        return ("actor",) if obj and _is_anonymous(obj) else ()

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.explain_view)
        return [path("<int:pk>/explain/", page, name="notifications_event_explain"), *super().get_urls()]

    def explain_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = self.get_queryset(request).filter(pk=pk).first()
        if event is None:
            raise Http404
        asked = request.GET.get("person", "").strip()[:254]
        person = find_person(asked)
        reached = reach(event, person) if person else None
        after = Place.read(request.GET.get("after", ""))
        address = asked if person is None and "@" in asked else ""
        rows_count, deliveries_count = counts_of(event)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What became of it"),
            "opts": self.opts,
            "event": event,
            "kind": kinds.get(event.kind),
            "rows_count": rows_count,
            "deliveries_count": deliveries_count,
            "counted": COUNTED,
            "timeline": timeline_of(event, person=person, address=address, after=after),
            "after": after,
            "is_narrowed": bool(person or address),
            "who": self.who(event),
            "asked": asked,
            "reach": reached,
            "sentences": sentences(event, reached) if reached else [],
        }
        return TemplateResponse(request, "admin/notifications/explain.html", context)
