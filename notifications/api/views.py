"""One's own inbox. Another's is not there: 404, as for what never was."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import IntegerField
from rest_framework.views import APIView

from myproject.api import person, read_query
from myproject.api_paging import page_of, page_schema
from myproject.api_schema import MESSAGE

from .. import inbox
from ..models import Notification
from ..rendering import render
from . import serializers
from .serializers import NotificationQuery, NotificationSerializer


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
        mine = Notification.objects.of(user)
        rows = mine.unread() if query["unread_only"] else mine.shown()
        if kind := query.get("type"):
            rows = rows.filter(kind=kind)
        page = page_of(rows, request, query)
        shown = NotificationSerializer(render(page.rows, user), many=True).data
        return page.answer(shown, key="notifications", unread_count=mine.unread().count())


@extend_schema(tags=["notifications"])
class UnreadCount(APIView):
    @extend_schema(
        operation_id="get_unread_count",
        summary="How many are unread",
        responses=serializers.UnreadCountSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response({"unread_count": Notification.objects.of(person(request)).unread().count()})


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
class OneNotification(APIView):
    @extend_schema(
        operation_id="delete_notification",
        summary="Take it out of the inbox",
        responses={200: MESSAGE},
    )
    def delete(self, request: Request, notification_id: str) -> Response:
        inbox.delete(_mine(request, notification_id))
        return Response({"message": _("Deleted.")})


def _mine(request: Request, notification_id: str) -> Notification:
    return get_object_or_404(Notification.objects.of(person(request)), pk=notification_id)
