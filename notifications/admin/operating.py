"""Requeue and discard: asked first, with what it may mean, and then done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..happenings import operated
from ..transactions import acting
from ..upkeep.operations import Done
from .base import LogAdmin

Operation = Callable[[QuerySet[Any]], Done]


class OperatedLogAdmin(LogAdmin):
    """A log whose rows may be put back to work or let go, by whoever has the right to change them."""

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Named in the actions' `permissions`; the rows themselves are changed by nobody."""
        right = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return request.user.is_active and request.user.has_perm(right)

    def ask_and_do(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        operation: Operation,
        *,
        question: str,
        button: str,
        repeats: int = 0,
    ) -> TemplateResponse | None:
        """The question with its consequences; on yes, the operation and what it did."""
        if "sure" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": question,
                "opts": self.opts,
                "media": self.media,
                "rows": rows[:20],
                "more": max(0, rows.count() - 20),
                "chosen": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
                "select_across": request.POST.get("select_across", "0"),
                "action": request.POST["action"],
                "checkbox": helpers.ACTION_CHECKBOX_NAME,
                "button": button,
                "repeats": repeats,
            }
            return TemplateResponse(request, "admin/notifications/sure.html", context)
        ids = list(rows.values_list("pk", flat=True)[:20])
        with acting():
            done = operation(rows)
            operated.send(
                sender=self.model,
                request=request,
                model=self.model,
                operation=request.POST["action"],
                ids=ids,
                count=done.changed,
            )
        changed = ngettext("%(count)d done.", "%(count)d done.", done.changed) % {"count": done.changed}
        left = _("%(count)d left as they are.") % {"count": done.left}
        level = messages.SUCCESS if done.changed else messages.WARNING
        self.message_user(request, f"{changed} {left}" if done.left else changed, level)
        return None
