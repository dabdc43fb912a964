"""The log for those who look after the site: to be read and searched, and never written."""

from contextlib import nullcontext
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from notifications.admin.base import LogAdmin
from notifications.transactions import acting

from . import actions, deeds_page
from .exporting import COLUMNS, FORMATS, MOST, values
from .models import Anchor, Entry
from .searching import BoundedPaginator, search
from .signing_in import DAYS, figures


@admin.action(permissions=["delete"], description=delete_selected.short_description)  # type: ignore[attr-defined]
def delete_and_record(
    modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]
) -> TemplateResponse | None:
    """Django's own action, which logs one row by saving it, and several in bulk, of which nobody hears."""
    with acting() if request.POST.get("post") else nullcontext():
        rows = [(str(row._meta.model_name), row.pk, str(row)) for row in queryset]
        answer = delete_selected(modeladmin, request, queryset)
        if answer is None and len(rows) > 1:
            for row in rows:
                audit.record(actions.ADMIN_DELETED, actor=request.user, target=row, request=request)
    return answer


admin.site.add_action(delete_and_record, "delete_selected")


class ActionFilter(admin.SimpleListFilter):
    """By the actions that there are; asking the table for them would read all of it."""

    title = gettext_lazy("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(action.name, f"{action.name}: {action.label}") for action in actions.all_actions()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(Entry)
class EntryAdmin(LogAdmin):
    list_display = ("at", "who", "words", "outcome", "reason", "what", "address", "device", "position")
    list_filter = (ActionFilter, "outcome", "at")
    sortable_by = ("at",)  # what an index has the order of
    show_facets = admin.ShowFacets.NEVER  # they count all rows
    paginator = BoundedPaginator
    search_fields = ("pk",)  # that there is a search; it is in searching.py
    search_help_text = gettext_lazy(
        "A number, a username or its beginning, an email or network address, an action, a kind of thing or a "
        "request; text:word looks for a name in all rows, which takes a while."
    )
    fields = readonly_fields = (
        "at", "words", "outcome", "reason", "who", "actor_id", "what", "target_type", "target_id", "metadata",
        "address", "agent", "request_id", "position", "proof",
    )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        return search(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("export/", guarded(self.export), name="audit_entry_export"),
            path("deeds/", guarded(self.deeds), name="audit_entry_deeds"),
            path("sign-ins/", guarded(self.sign_ins), name="audit_entry_sign_ins"),
            *super().get_urls(),
        ]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows by the same search, as far as one file goes; and a row that it was taken."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kind = request.POST.get("as", "")
        if kind not in FORMATS:
            raise BadRequest("Neither CSV nor JSON.")
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:audit_entry_changelist"))
        written, content_type = FORMATS[kind]
        with acting():
            audit.record(
                actions.EXPORTED, actor=request.user, request=request, format=kind,
                search=request.GET.urlencode(), most=MOST,
            )  # fmt: skip
        return StreamingHttpResponse(
            written(COLUMNS, values(cast("QuerySet[Entry]", found))),
            content_type=f"{content_type}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="audit.{kind}"'},
        )

    def deeds(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return deeds_page.page(request, {**self.admin_site.each_context(request), "opts": self.opts})

    def sign_ins(self, request: HttpRequest) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Signing in, by day"),
            "opts": self.opts,
            "days": DAYS,
            "figures": figures(timezone.now()),
        }
        return TemplateResponse(request, "admin/audit/entry/sign_ins.html", context)

    @admin.display(description=gettext_lazy("who"), ordering="actor_id")
    def who(self, entry: Entry) -> str:
        if entry.actor_name is None:
            return _("forgotten (%(id)s)") % {"id": entry.actor_id or "–"}
        return entry.actor_name or _("nobody known")

    @admin.display(description=gettext_lazy("what"), ordering="action")
    def words(self, entry: Entry) -> str:
        return entry.words

    @admin.display(description=gettext_lazy("on what"))
    def what(self, entry: Entry) -> str:
        label = _("forgotten") if entry.target_label is None else entry.target_label
        return " ".join(filter(None, (entry.target_type, entry.target_id, label)))

    @admin.display(description=gettext_lazy("device"))
    def device(self, entry: Entry) -> str:
        return (entry.agent or "")[:60]

    @admin.display(description=gettext_lazy("place in the chain"))
    def proof(self, entry: Entry) -> str:
        return bytes(entry.digest).hex() if entry.digest else _("not sealed yet")


@admin.register(Anchor)
class AnchorAdmin(LogAdmin):
    """Which files hold what is not here any more."""

    list_display = ("at", "file_name", "rows", "position", "file_digest")
    fields = readonly_fields = list_display
