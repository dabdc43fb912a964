"""One's own inbox. Another's is not there: 404, as for what never was."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import IntegerField
from rest_framework.views import APIView

from myproject.api import person, read, read_query
from myproject.api_paging import NEWEST_FIRST, page_of, page_schema
from myproject.api_schema import MESSAGE

from .. import kinds, places
from ..inbox import actions as inbox
from ..inbox.filters import Tab, Where
from ..inbox.states import Deed
from ..models import Notification
from ..places import Named
from ..rendering import render
from . import serializers
from .serializers import STATES, NotificationQuery, NotificationSerializer

SOONEST_FIRST = ("snoozed_until", "pk")


@extend_schema(tags=["notifications"])
class Notifications(APIView):
    @extend_schema(
        operation_id="list_notifications",
        summary="Newest first",
        parameters=[NotificationQuery],
        responses=page_schema(
            "NotificationPage",
            NotificationSerializer(many=True),
            key="notifications",
            unread_count=IntegerField(),
        ),
    )
    def get(self, request: Request) -> Response:
        user, query = person(request), read_query(NotificationQuery, request)
        tab = STATES[query["state"]]
        where = Where(tab, kind=kinds.get(query.get("type", "")), place=_place(user, query.get("group", "")))
        rows = where.rows(user)
        if query["unread_only"]:
            rows = rows.unread()
        page = page_of(rows, request, query, order=SOONEST_FIRST if tab is Tab.SNOOZED else NEWEST_FIRST)
        shown = NotificationSerializer(render(page.rows, user), many=True).data
        return page.answer(shown, key="notifications", unread_count=_unread_count(user))


@extend_schema(tags=["notifications"])
class UnreadCount(APIView):
    @extend_schema(
        operation_id="get_unread_count",
        summary="How many are unread",
        responses=serializers.UnreadCountSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response({"unread_count": _unread_count(person(request))})


@extend_schema(tags=["notifications"])
class ReadNotification(APIView):
    @extend_schema(
        operation_id="read_notification",
        summary="Mark it read; the first time stays",
        request=None,
        responses=serializers.ReadSerializer,
    )
    def patch(self, request: Request, notification_id: str) -> Response:
        notification = inbox.mark_read(_mine(request, notification_id))
        return Response(serializers.ReadSerializer(notification).data)


@extend_schema(tags=["notifications"])
class MarkAllRead(APIView):
    @extend_schema(
        operation_id="mark_all_notifications_read",
        summary="Mark all read",
        request=None,
        responses=serializers.MarkedSerializer,
    )
    def post(self, request: Request) -> Response:
        count, _until = inbox.mark_all_read(person(request))
        return Response({"marked_as_read": count})


@extend_schema(tags=["notifications"])
class Bulk(APIView):
    @extend_schema(
        operation_id="change_notifications",
        summary="Do one thing with many; what is not yours, or not there, is left out",
        request=serializers.BulkSerializer,
        responses=serializers.BulkAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        user, asked = person(request), read(serializers.BulkSerializer, request)
        done = inbox.do(user, asked["ids"], Deed(asked["action"]), until=asked.get("until"))
        return Response({"changed": len(done.changes), "unread_count": _unread_count(user)})


@extend_schema(tags=["notifications"])
class OneNotification(APIView):
    @extend_schema(
        operation_id="change_notification",
        summary="Read, done, saved, snoozed: what is left out stays as it is",
        description=(
            "Each may be set and unset any number of times; the first time stays. What is done is read. "
            "What is snoozed is unread, and comes back on top at its time. Where a newer notification about "
            "the same thing is unread, an older one stays read."
        ),
        request=serializers.EditNotificationSerializer,
        responses=NotificationSerializer,
    )
    def patch(self, request: Request, notification_id: str) -> Response:
        user, row = person(request), _mine(request, notification_id)
        asked = read(serializers.EditNotificationSerializer, request)
        done = inbox.do(user, [row.pk], *serializers.deeds_of(asked), until=asked.get("snoozed_until"))
        return Response(NotificationSerializer(render(done.rows, user)[0]).data)

    @extend_schema(
        operation_id="delete_notification",
        summary="Take it out of the inbox",
        responses={200: MESSAGE},
    )
    def delete(self, request: Request, notification_id: str) -> Response:
        inbox.do(person(request), [_mine(request, notification_id).pk], Deed.DELETE)
        return Response({"message": _("Deleted.")})


def _place(user: Any, slug: str) -> Named | None:
    """Whoever is not in it is told no more than of one that there is not."""
    if not slug:
        return None
    if place := places.called(user, slug):
        return place
    raise ValidationError({"group": _("You are in no group by this name.")})


def _unread_count(user: Any) -> int:
    return Notification.objects.of(user).unread().count()


def _mine(request: Request, notification_id: str) -> Notification:
    return get_object_or_404(Notification.objects.of(person(request)), pk=notification_id)
