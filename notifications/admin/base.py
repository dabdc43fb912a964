"""What the admin pages of every app stand on."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from .. import channels, kinds
from ..transactions import acting

if TYPE_CHECKING:
    # Generic for the type checker only: at run time Django's class takes no parameter.
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ActingAdmin(ModelAdmin):
    """Writes like an action: in its turn, and with what signals record in the same transaction."""

    show_full_result_count = False  # counting a large table takes longer than reading a page of it

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with acting() if request.method == "POST" else nullcontext():
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with acting() if request.method == "POST" else nullcontext():
            return super().delete_view(request, *args, **kwargs)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One by one, by the same way as a single one; Django's own is in no transaction."""
        with acting():
            for row in queryset:
                self.delete_model(request, row)


class LogAdmin(ModelAdmin):
    """To be read. Nothing in it is added, changed or deleted by hand."""

    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)
    people: Sequence[str] = ()
    """Foreign keys to people. Fetched beside the rows, not joined: a row whose person is gone must show."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(*self.people)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class KindFilter(admin.SimpleListFilter):
    """By the kinds that there are; asking the table for them would read all of it."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.type, f"{kind.type}: {kind.label}") for kind in kinds.with_mailings()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ChannelFilter(admin.SimpleListFilter):
    """By the channels of this version, for the same reason."""

    title = "channel"
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(channel.name, str(channel.label)) for channel in channels.known()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(channel=self.value()) if self.value() else queryset
