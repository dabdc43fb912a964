"""Requeue and discard: asked first, with what it may mean, and then done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..happenings import operated
from ..sql import among
from ..transactions import acting
from ..upkeep import deeds
from ..upkeep.operations import Done
from .base import LogAdmin
from .finding import BIGGEST_ID

Operation = Callable[[QuerySet[Any], datetime], Done]
AT_ONCE = 1000
NAMED = 20  # of these, where they are told one by one


class WhyForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("Why?"), max_length=200)


class OperatedLogAdmin(LogAdmin):
    """A log whose rows may be put back to work or let go, by whoever has the right to change them."""

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Named in the actions' `permissions`; the rows themselves are changed by nobody."""
        right = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return request.user.is_active and request.user.has_perm(right)

    def in_words(self, row: Any) -> str:
        """How the question names it."""
        return str(row)

    def ask_and_do(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        operation: Operation,
        *,
        question: str,
        button: str,
        repeats: Callable[[QuerySet[Any]], int] = lambda rows: 0,
        asks_why: bool = False,
    ) -> TemplateResponse | None:
        """The question with its consequences; on yes, the operation and what it did.

        Of AT_ONCE rows at the most, which the page names: a second click, or somebody else's, does not go
        on with those behind them.
        """
        asked_at = timezone.now()
        if "ids" in request.POST:
            named = [int(pk) for pk in request.POST["ids"].split(",") if pk.isdecimal()]
            rows = rows.filter(pk__in=among(pk for pk in named[:AT_ONCE] if pk <= BIGGEST_ID))
            asked_at = min(asked_at, _moment(request.POST.get("asked_at", "")) or asked_at)
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
        beyond, ids = len(ids) > AT_ONCE, ids[:AT_ONCE]
        rows = self.model._default_manager.filter(pk__in=among(ids)).order_by()
        sure = "sure" in request.POST
        form = WhyForm(request.POST if sure else None) if asks_why else None
        if not sure or (form and not form.is_valid()):
            context = {
                **self.admin_site.each_context(request),
                "title": question,
                "opts": self.opts,
                "media": self.media,
                "rows": [
                    (row.pk, self.in_words(row))
                    for row in rows.prefetch_related(*self.people).order_by("pk")[:NAMED]
                ],
                "more": max(0, len(ids) - NAMED),
                "count": len(ids),
                "beyond": beyond,
                "ids": ",".join(map(str, ids)),
                "asked_at": asked_at.isoformat(),
                "action": request.POST["action"],
                "button": button,
                "repeats": repeats(rows),
                "form": form,
            }
            return TemplateResponse(request, "admin/notifications/sure.html", context)
        why = form.cleaned_data["why"] if form else ""
        with acting():
            done = operation(rows, asked_at)
            deeds.write(self.model, done.ids, by=request.user, words=f"{button}: {why}" if why else button)
            operated.send(
                sender=self.model,
                request=request,
                model=self.model,
                operation=request.POST["action"],
                ids=done.ids[:NAMED],
                count=done.changed,
                words=why,
            )
        changed = ngettext("%(count)d done.", "%(count)d done.", done.changed) % {"count": done.changed}
        left = _("%(count)d left as they are.") % {"count": done.left}
        level = messages.SUCCESS if done.changed else messages.WARNING
        self.message_user(request, f"{changed} {left}" if done.left else changed, level)
        return None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None
