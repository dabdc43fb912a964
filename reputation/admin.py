"""The ledger is read here, and a person's standing counted again; nothing of it is written by hand."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from notifications.admin.base import LogAdmin

from . import actions
from .models import Award, Entry, Standing


@admin.register(Standing)
class StandingAdmin(LogAdmin):
    list_display = ("person", "total", "is_hidden")
    list_filter = ("is_hidden",)
    list_select_related = ("person",)
    search_fields = ("=person__username",)
    ordering = ("-total",)
    actions = ("recalculate",)

    @admin.action(description=gettext_lazy("Count again from what they did"), permissions=["recalculate"])
    def recalculate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        by = cast("User", request.user)
        found = [actions.recalculate(standing.person, by=by) for standing in queryset]
        changed = sum(map(bool, found))
        said = _("%(count)s counted again, %(changed)s of them changed.")
        self.message_user(request, said % {"count": len(found), "changed": changed}, messages.SUCCESS)

    def has_recalculate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reputation.change_standing")


@admin.register(Entry)
class EntryAdmin(LogAdmin):
    list_display = (
        "id", "person", "points", "cause", "thing_id", "other_id", "round", "reverses_id", "happened_at",
    )  # fmt: skip
    list_filter = ("cause",)
    people = ("person",)
    search_fields = ("=person__username", "=thing_id")


@admin.register(Award)
class AwardAdmin(LogAdmin):
    list_display = ("person", "badge", "earned_at")
    list_filter = ("badge",)
    list_select_related = ("person",)
    search_fields = ("=person__username",)
