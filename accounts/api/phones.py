"""Signing in with a number that is proven, by a code that is sent to it."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from myproject.api import read
from myproject.api_schema import MESSAGE, PROBLEM

from .. import phones
from ..phones import actions
from . import serializers
from .views import Entrance, token

OFF = OpenApiResponse(PROBLEM, "This site sends no text messages.")
SECOND_STEP = OpenApiResponse(
    serializers.SecondFactorSerializer,
    "The code is right, and a second step is needed: see `/api/auth/signin/confirm`.",
)


def _insist() -> None:
    if not phones.are_on():
        raise NotFound(_("This site sends no text messages."))


@extend_schema(tags=["auth"], auth=[])
class RequestCode(Entrance):
    @extend_schema(
        operation_id="request_code",
        summary="Have a code sent to the number of an account",
        request=serializers.RequestCodeSerializer,
        responses={200: MESSAGE, 404: OFF},
    )
    def post(self, request: Request) -> Response:
        """The same answer for every number. A code is good once, for ten minutes and five guesses."""
        _insist()
        data = read(serializers.RequestCodeSerializer, request)
        actions.ask_to_sign_in(request._request, data["phone"])
        message = _("If an account has this number, a code is on its way to it.")
        return Response({"message": message})


@extend_schema(tags=["auth"], auth=[])
class VerifyCode(Entrance):
    @extend_schema(
        operation_id="verify_code",
        summary="Get a token for a number and the code that was sent to it",
        request=serializers.VerifyCodeSerializer,
        responses={200: serializers.TokenSerializer, 401: SECOND_STEP, 404: OFF},
    )
    def post(self, request: Request) -> Response:
        _insist()
        data = read(serializers.VerifyCodeSerializer, request)
        return Response(token(*actions.sign_in(request._request, data["phone"], data["otp"])))
