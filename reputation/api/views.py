"""What somebody's points are for; and whether others see one's own."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from myproject.api import person, read
from myproject.api_schema import PROBLEM

from .. import actions
from ..reading import reasons_for, reputation_of
from .serializers import HideSerializer, ReputationSerializer

NOT_THERE = OpenApiResponse(PROBLEM, "There is nobody of that name, or they hide it.")


@extend_schema(tags=["people"])
class OneReputation(APIView):
    @extend_schema(
        operation_id="get_reputation",
        summary="Somebody's points, badges and days in a row, with those reasons that you may see",
        responses={200: ReputationSerializer, 404: NOT_THERE},
    )
    def get(self, request: Request, username: str) -> Response:
        found = get_object_or_404(User, username__iexact=username, is_active=True)
        return Response(_json(found, person(request)))


@extend_schema(tags=["people"], responses=ReputationSerializer)
class OwnReputation(APIView):
    @extend_schema(operation_id="get_own_reputation", summary="Your own, with what was taken back")
    def get(self, request: Request) -> Response:
        return Response(_json(person(request), person(request)))

    @extend_schema(
        operation_id="hide_reputation", summary="Hide it from others, or show it", request=HideSerializer
    )
    def patch(self, request: Request) -> Response:
        user, data = person(request), read(HideSerializer, request)
        actions.hide(user, hidden=data["is_hidden"])
        return Response(_json(user, user))


def _json(of: User, viewer: User) -> Any:
    reputation = reputation_of(of, viewer)
    if reputation is None:
        raise Http404
    shown = {"person": of, "reputation": reputation, "reasons": reasons_for(of, viewer)}
    return ReputationSerializer(shown).data
