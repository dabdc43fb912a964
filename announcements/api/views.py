"""Those that concern the one who asks; for staff all that they manage, and how to make and end them."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from community.models import Group
from myproject.api import person, read, read_query
from myproject.api_paging import PageQuery, page_of, page_schema
from notifications.steering.reaching import reach_of

from .. import actions
from ..kind import ANNOUNCED
from ..models import Announcement
from ..permissions import managed, may_announce
from ..standing import standing_of, standings
from .serializers import AnnouncementSerializer, EditAnnouncementSerializer, ReachSerializer


@extend_schema(tags=["announcements"])
class Announcements(APIView):
    @extend_schema(
        operation_id="list_announcements",
        summary="Those that concern oneself, newest first; for staff all of them, drafts too",
        parameters=[PageQuery],
        responses=page_schema("AnnouncementPage", AnnouncementSerializer(many=True)),
    )
    def get(self, request: Request) -> Response:
        query = read_query(PageQuery, request)
        page = page_of(Announcement.objects.readable_by(person(request)).for_display(), request, query)
        return page.answer(AnnouncementSerializer(standings(page.rows), many=True).data)

    @extend_schema(
        operation_id="write_announcement",
        summary="Write a draft; of staff",
        request=EditAnnouncementSerializer,
        responses={201: AnnouncementSerializer},
    )
    def post(self, request: Request) -> Response:
        user = person(request)
        if not may_announce(user):
            raise PermissionDenied
        draft = actions.write(user, **_given(user, read(EditAnnouncementSerializer, request)))
        return Response(_json(draft), status=status.HTTP_201_CREATED)


@extend_schema(tags=["announcements"])
class OneAnnouncement(APIView):
    @extend_schema(operation_id="get_announcement", summary="One", responses=AnnouncementSerializer)
    def get(self, request: Request, announcement_id: str) -> Response:
        found = Announcement.objects.readable_by(person(request)).for_display()
        return Response(_json(get_object_or_404(found, pk=announcement_id)))

    @extend_schema(
        operation_id="edit_announcement",
        summary="Change what is given, before anybody is told; one that is scheduled is a draft again",
        request=EditAnnouncementSerializer,
        responses=AnnouncementSerializer,
    )
    def patch(self, request: Request, announcement_id: str) -> Response:
        user = person(request)
        announcement = managed(user, announcement_id)
        given = _given(user, read(EditAnnouncementSerializer, request, partial=True))
        return Response(_json(actions.edit(user, announcement, **given)))

    @extend_schema(
        operation_id="delete_announcement", summary="Before anybody is told", responses={204: None}
    )
    def delete(self, request: Request, announcement_id: str) -> Response:
        user = person(request)
        actions.delete_draft(user, managed(user, announcement_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["announcements"])
class Preview(APIView):
    @extend_schema(
        operation_id="preview_announcement",
        summary="How many people it would reach now, and how; of staff",
        responses=ReachSerializer,
    )
    def get(self, request: Request, announcement_id: str) -> Response:
        announcement = managed(person(request), announcement_id)
        return Response(ReachSerializer(reach_of(ANNOUNCED, announcement)).data)


@extend_schema(tags=["announcements"], request=None, responses=AnnouncementSerializer)
class Send(APIView):
    @extend_schema(operation_id="send_announcement", summary="Tell it, once however often this is sent")
    def post(self, request: Request, announcement_id: str) -> Response:
        user = person(request)
        return Response(_json(actions.send(user, managed(user, announcement_id))))


@extend_schema(tags=["announcements"], request=None, responses=AnnouncementSerializer)
class Stop(APIView):
    @extend_schema(
        operation_id="stop_announcement",
        summary="Tell and mail nobody more, and take back what is unread",
    )
    def post(self, request: Request, announcement_id: str) -> Response:
        user = person(request)
        return Response(_json(actions.stop(user, managed(user, announcement_id))))


def _given(user: User, data: dict[str, Any]) -> dict[str, Any]:
    """With the group itself for its slug; one not to be seen is one that is not there."""
    if slug := data.pop("group", None):
        group = Group.objects.visible_to(user).filter(slug=slug).first()
        if group is None:
            raise ValidationError({"group": [_("There is no group at this address.")]})
        data["group"] = group
    return data


def _json(announcement: Announcement) -> Any:
    return AnnouncementSerializer(standing_of(announcement)).data
