"""Editions are written and sent on the site, where one looks before; here they are looked at, and stopped."""

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

from . import actions, subscribing
from .models import Edition, Subscriber
from .standing import standings


@admin.register(Edition)
class EditionAdmin(OperatedLogAdmin):
    list_display = ("title", "author", "segment", "group", "starts_at", "stopped_at")
    list_filter = ("segment",)
    list_select_related = ("author", "group")
    search_fields = ("title", "content", "=author__username", "=group__slug")
    actions = ("stop",)

    @admin.action(description=gettext_lazy("Stop: nobody more gets it"), permissions=["operate"])
    def stop(self, request: HttpRequest, rows: QuerySet[Edition]) -> HttpResponse | None:
        stopping = partial(_stop, cast(User, request.user))
        question = _("Stop these, so that nobody more gets them?")
        return self.ask_and_do(request, rows, stopping, question=question, button=_("Stop"))


@admin.register(Subscriber)
class SubscriberAdmin(OperatedLogAdmin):
    list_display = ("__str__", "source", "language", "created_at", "confirmed_at", "ended_at", "ended_by")
    list_filter = ("source", "language")
    list_select_related = ("user", "ended_by")
    search_fields = ("=address", "=user__email", "=user__username")
    actions = ("end",)

    @admin.action(description=gettext_lazy("End the subscription"), permissions=["operate"])
    def end(self, request: HttpRequest, rows: QuerySet[Subscriber]) -> HttpResponse | None:
        ending = partial(_end, cast(User, request.user))
        question = _("End these subscriptions?")
        return self.ask_and_do(request, rows, ending, question=question, button=_("End them"))


def _stop(user: User, rows: QuerySet[Any], _asked_at: datetime) -> Done:
    running = [standing.edition for standing in standings(rows) if standing.may_be_stopped]
    for edition in running:
        actions.stop(user, edition)
    return Done(len(running), rows.count() - len(running))


def _end(user: User, rows: QuerySet[Any], _asked_at: datetime) -> Done:
    current = list(Subscriber.objects.current().filter(pk__in=rows.values("pk")).select_related("user"))
    for subscriber in current:
        subscribing.remove(user, subscriber)
    return Done(len(current), rows.count() - len(current))
