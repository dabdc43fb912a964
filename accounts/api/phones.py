"""Signing in with a number that is proven, by a code that is sent to it; and one's own number."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person, read
from myproject.api_schema import MESSAGE, PROBLEM

from .. import phones
from ..models import User
from ..phones import actions, proving
from ..proof import prove
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


@extend_schema(tags=["me"])
class OwnNumber(APIView):
    @extend_schema(
        operation_id="get_phone",
        summary="One's own phone number",
        responses={200: serializers.OwnNumberSerializer, 404: OFF},
    )
    def get(self, request: Request) -> Response:
        _insist()
        return Response(_number_of(person(request)))

    @extend_schema(
        operation_id="ask_for_phone_code",
        summary="Have a code sent to a number that is to be one's own",
        request=serializers.NewNumberSerializer,
        responses={200: MESSAGE, 404: OFF},
    )
    def post(self, request: Request) -> Response:
        """Whoever has the number comes in by it, so a token is not enough: the password is asked for as well,
        or a code. The number that one has stays until the new one is proven.
        """
        _insist()
        data, user = read(serializers.NewNumberSerializer, request), person(request)
        phone = data.pop("phone")
        prove(request._request, user, **data)
        proving.ask(request._request, user, phone)
        return Response({"message": _("A code is on its way to this number.")})

    @extend_schema(
        operation_id="remove_phone",
        summary="Take one's number away; nobody comes in by it any more",
        responses={204: None, 404: OFF},
    )
    def delete(self, request: Request) -> Response:
        _insist()
        user = person(request)
        if user.phone is not None:
            proving.remove(user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["me"])
class ProveNumber(APIView):
    @extend_schema(
        operation_id="prove_phone",
        summary="Make a number one's own by the code that was sent to it",
        request=serializers.VerifyCodeSerializer,
        responses={200: serializers.OwnNumberSerializer, 404: OFF},
    )
    def post(self, request: Request) -> Response:
        """Any code but the newest that this account asked for is 400, at `otp`."""
        _insist()
        data, user = read(serializers.VerifyCodeSerializer, request), person(request)
        proving.prove(request._request, user, actions.tidy(data["phone"]), data["otp"])
        return Response(_number_of(user))


def _number_of(user: User) -> dict[str, object]:
    proven = user.phone_verified_at is not None
    return {"phone": user.phone if proven else None, "verified_at": user.phone_verified_at}
