"""What did not arrive, or perhaps did not: how the list of deliveries is narrowed to what one cause has."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Delivery
from ..upkeep.waiting import TROUBLED

Choices = list[tuple[str, Any]]
REASON = Delivery.Reason
CAUSES: dict[str, tuple[Any, tuple[REASON, ...]]] = {
    "theirs": (_("the other side refused it"), (REASON.REFUSED, REASON.BOUNCED, REASON.COMPLAINED)),
    "silence": (_("handed over, and nobody knows what became of it"), (REASON.UNANSWERED,)),
    "tries": (_("every try failed"), (REASON.EXHAUSTED,)),
    "ours": (_("an error in this site stopped it"), (REASON.ERROR,)),
}
AGES: dict[str, tuple[Any, timedelta]] = {
    "hour": (_("an hour ago or less"), timedelta(hours=1)),
    "day": (_("a day ago or less"), timedelta(days=1)),
    "week": (_("a week ago or less"), timedelta(days=7)),
}


class TroubleFilter(admin.SimpleListFilter):
    title = _("dead letters")
    parameter_name = "dead"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("any", _("all of them")), *((state.value, state.label) for state in TROUBLED)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = [state for state in TROUBLED if self.value() in ("any", state.value)]
        return queryset.filter(state__in=wanted) if wanted else queryset


class CauseFilter(admin.SimpleListFilter):
    title = _("what went wrong")
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(name, label) for name, (label, _reasons) in CAUSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        cause = CAUSES.get(self.value() or "")
        return queryset.filter(reason__in=cause[1]) if cause else queryset


class AgeFilter(admin.SimpleListFilter):
    title = _("when it ended")
    parameter_name = "ended"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [*((name, label) for name, (label, _age) in AGES.items()), ("older", _("longer ago"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        if self.value() == "older":
            return queryset.filter(ended_at__lt=now - AGES["week"][1])
        age = AGES.get(self.value() or "")
        return queryset.filter(ended_at__gte=now - age[1]) if age else queryset


class DomainFilter(admin.SimpleListFilter):
    """Typed: there are as many as there are providers."""

    title = _("domain of the address")
    parameter_name = "domain"
    template = "admin/notifications/parts/domain_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("", "")]  # where there is none to choose, the admin leaves the filter out

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        others = changelist.get_filters_params().items()
        yield {
            "domain": self.value() or "",
            "others": [(name, value) for name, values in others if name != "domain" for value in values],
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        domain = (self.value() or "").strip().lstrip("@")[:254]
        if not domain:
            return queryset
        end = f"@{domain}"
        address = f"recipient__{get_user_model().get_email_field_name()}__iendswith"
        return queryset.filter(Q(**{address: end}) & Q(address="") | Q(address__iendswith=end))
