"""Where one is signed in, and out of there."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from knox.models import AuthToken
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person
from myproject.api_fields import Moment

from ..access import ending, listing


class AccessSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    device = serializers.CharField(help_text="“Firefox on Android”, or what a program calls itself.")
    address = serializers.CharField(help_text="Where it was used last; of IPv6 the network.")
    created_at = Moment()
    last_used_at = Moment(source="used_at", help_text="To within a few minutes.")
    is_this = serializers.BooleanField(source="is_here", help_text="Whether this request came in by it.")


class OpenSerializer(serializers.Serializer[Any]):
    sessions = AccessSerializer(many=True, help_text="Browsers.")
    tokens = AccessSerializer(many=True, help_text="Of this API.")


@extend_schema(tags=["me"])
class Sessions(APIView):
    @extend_schema(
        operation_id="list_sessions",
        summary="Browsers and tokens by which one is signed in",
        responses=OpenSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(OpenSerializer(listing.what_is_open(person(request), **_here(request))).data)


@extend_schema(tags=["me"])
class EndOthers(APIView):
    @extend_schema(
        operation_id="end_other_sessions",
        summary="Sign out everywhere else",
        request=None,
        responses=inline_serializer("Ended", {"ended": serializers.IntegerField()}),
    )
    def post(self, request: Request) -> Response:
        return Response({"ended": ending.end_others(person(request), **_here(request))})


@extend_schema(tags=["me"])
class OneSession(APIView):
    @extend_schema(operation_id="end_session", summary="Sign a browser out", responses={204: None})
    def delete(self, request: Request, session_id: str) -> Response:
        user = person(request)
        ending.end_session(user, get_object_or_404(listing.sessions_of(user), pk=int(session_id)))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["me"])
class OneToken(APIView):
    @extend_schema(operation_id="end_token", summary="End a token", responses={204: None})
    def delete(self, request: Request, token_id: str) -> Response:
        user = person(request)
        ending.end_token(user, get_object_or_404(listing.tokens_of(user), pk=int(token_id)))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _here(request: Request) -> dict[str, Any]:
    token = request.auth if isinstance(request.auth, AuthToken) else None
    return {"session_key": request._request.session.session_key, "token": token}
