"""Announcements are written and sent on the site, where one looks before; here they can be stopped."""

from datetime import datetime
from functools import partial
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from notifications.admin.operating import OperatedLogAdmin
from notifications.upkeep.operations import Done

from . import actions
from .models import Announcement
from .standing import standing_of


@admin.register(Announcement)
class AnnouncementAdmin(OperatedLogAdmin):
    list_display = (
        "title",
        "author",
        "audience",
        "group",
        "by_mail",
        "starts_at",
        "expires_at",
        "stopped_at",
    )
    list_filter = ("audience", "by_mail")
    list_select_related = ("author", "group")
    search_fields = ("title", "content", "=author__username", "=group__slug")
    actions = ("stop",)

    @admin.action(description=gettext_lazy("Stop: tell nobody more"), permissions=["operate"])
    def stop(self, request: HttpRequest, rows: QuerySet[Announcement]) -> HttpResponse | None:
        question = _("Stop these, and take them from all who have not read them?")
        return self.ask_and_do(
            request, rows, partial(_stop, cast(User, request.user)), question=question, button=_("Stop")
        )


def _stop(user: User, rows: QuerySet[Any], _asked_at: datetime) -> Done:
    running = [row for row in rows if standing_of(row).may_be_stopped]
    for row in running:
        actions.stop(user, row)
    return Done(len(running), rows.count() - len(running))
