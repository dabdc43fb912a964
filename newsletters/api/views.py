"""Whether one gets it oneself; for staff the editions, and how to make, send and end them."""

from typing import Any

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
from myproject.api_schema import MESSAGE

from .. import actions, subscribing
from ..models import Edition
from ..permissions import managed, may_publish
from ..segments import has_proven_address, reach_of
from ..standing import standing_of, standings
from .serializers import (
    EditEditionSerializer,
    EditionReachSerializer,
    EditionSerializer,
    EditSubscriptionSerializer,
    SubscriptionSerializer,
)


@extend_schema(tags=["newsletter"], responses=SubscriptionSerializer)
class Subscription(APIView):
    @extend_schema(operation_id="get_subscription", summary="Whether one gets the newsletter")
    def get(self, request: Request) -> Response:
        return Response(_subscription(person(request)))

    @extend_schema(
        operation_id="set_subscription",
        summary="Subscribe, or end it",
        request=EditSubscriptionSerializer,
    )
    def put(self, request: Request) -> Response:
        user = person(request)
        subscribing.choose(user, wanted=read(EditSubscriptionSerializer, request)["subscribed"])
        return Response(_subscription(user))


@extend_schema(tags=["newsletter"])
class Editions(APIView):
    @extend_schema(
        operation_id="list_editions",
        summary="Newest first, drafts too; of staff",
        parameters=[PageQuery],
        responses=page_schema("EditionPage", EditionSerializer(many=True)),
    )
    def get(self, request: Request) -> Response:
        user = _publisher(request)
        query = read_query(PageQuery, request)
        page = page_of(Edition.objects.managed_by(user).for_display(), request, query)
        return page.answer(EditionSerializer(standings(page.rows), many=True).data)

    @extend_schema(
        operation_id="write_edition",
        summary="Write a draft; of staff",
        request=EditEditionSerializer,
        responses={201: EditionSerializer},
    )
    def post(self, request: Request) -> Response:
        user = _publisher(request)
        draft = actions.write(user, **_given(user, read(EditEditionSerializer, request)))
        return Response(_json(draft), status=status.HTTP_201_CREATED)


@extend_schema(tags=["newsletter"])
class OneEdition(APIView):
    @extend_schema(
        operation_id="get_edition",
        summary="One, with what became of it; of staff",
        responses=EditionSerializer,
    )
    def get(self, request: Request, edition_id: str) -> Response:
        return Response(_json(managed(person(request), edition_id)))

    @extend_schema(
        operation_id="edit_edition",
        summary="Change what is given, before anybody gets it; one that is scheduled is a draft again",
        request=EditEditionSerializer,
        responses=EditionSerializer,
    )
    def patch(self, request: Request, edition_id: str) -> Response:
        user = person(request)
        edition = managed(user, edition_id)
        given = _given(user, read(EditEditionSerializer, request, partial=True))
        return Response(_json(actions.edit(user, edition, **given)))

    @extend_schema(operation_id="delete_edition", summary="Before anybody gets it", responses={204: None})
    def delete(self, request: Request, edition_id: str) -> Response:
        user = person(request)
        actions.delete_draft(user, managed(user, edition_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["newsletter"])
class Preview(APIView):
    @extend_schema(
        operation_id="preview_edition",
        summary="How many addresses it would go to now, and who is left out; of staff",
        responses=EditionReachSerializer,
    )
    def get(self, request: Request, edition_id: str) -> Response:
        return Response(EditionReachSerializer(reach_of(managed(person(request), edition_id))).data)


@extend_schema(tags=["newsletter"])
class TryOut(APIView):
    @extend_schema(
        operation_id="try_edition",
        summary="Send it to oneself alone, each version of it once",
        request=None,
        responses=MESSAGE,
    )
    def post(self, request: Request, edition_id: str) -> Response:
        user = person(request)
        actions.try_out(user, managed(user, edition_id))
        return Response({"message": _("It is on its way to %(address)s.") % {"address": user.email}})


@extend_schema(tags=["newsletter"], request=None, responses=EditionSerializer)
class Send(APIView):
    @extend_schema(operation_id="send_edition", summary="Send it, once however often this is asked")
    def post(self, request: Request, edition_id: str) -> Response:
        user = person(request)
        return Response(_json(actions.send(user, managed(user, edition_id))))


@extend_schema(tags=["newsletter"], request=None, responses=EditionSerializer)
class Pause(APIView):
    @extend_schema(operation_id="pause_edition", summary="Nothing more leaves until it is resumed")
    def post(self, request: Request, edition_id: str) -> Response:
        user = person(request)
        actions.pause(user, edition := managed(user, edition_id))
        return Response(_json(edition))


@extend_schema(tags=["newsletter"], request=None, responses=EditionSerializer)
class Resume(APIView):
    @extend_schema(operation_id="resume_edition", summary="Go on where it stood")
    def post(self, request: Request, edition_id: str) -> Response:
        user = person(request)
        actions.resume(user, edition := managed(user, edition_id))
        return Response(_json(edition))


@extend_schema(tags=["newsletter"], request=None, responses=EditionSerializer)
class Stop(APIView):
    @extend_schema(
        operation_id="stop_edition", summary="Nobody more gets it; before its time it is a draft again"
    )
    def post(self, request: Request, edition_id: str) -> Response:
        user = person(request)
        return Response(_json(actions.stop(user, managed(user, edition_id))))


def _publisher(request: Request) -> User:
    user: User = person(request)
    if not may_publish(user):
        raise PermissionDenied
    return user


def _given(user: User, data: dict[str, Any]) -> dict[str, Any]:
    """With the group itself for its slug; one not to be seen is one that is not there."""
    if slug := data.pop("group", None):
        group = Group.objects.visible_to(user).filter(slug=slug).first()
        if group is None:
            raise ValidationError({"group": [_("There is no group at this address.")]})
        data["group"] = group
    return data


def _json(edition: Edition) -> Any:
    return EditionSerializer(standing_of(edition)).data


def _subscription(user: User) -> Any:
    found = {"subscribed": subscribing.is_subscribed(user), "email_verified": has_proven_address(user)}
    return SubscriptionSerializer(found).data
