"""Signing in by a code that is mailed."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from myproject.api import read
from myproject.api_schema import MESSAGE

from .. import by_mail
from ..factors import entering
from . import serializers
from .phones import SECOND_STEP
from .views import MAIL_IS_DOWN, Entrance, mailing, token


@extend_schema(tags=["auth"], auth=[])
class RequestMailCode(Entrance):
    @extend_schema(
        operation_id="request_mail_code",
        summary="Have a code mailed to the address of an account",
        request=serializers.RequestMailCodeSerializer,
        responses={200: MESSAGE, 503: MAIL_IS_DOWN},
    )
    def post(self, request: Request) -> Response:
        """The same answer for every address. A code is good once, for ten minutes and five guesses."""
        data = read(serializers.RequestMailCodeSerializer, request)
        with mailing("A code could not be mailed"):
            by_mail.ask(request._request, data["email"])
        return Response({"message": _("We have sent you an email.")})


@extend_schema(tags=["auth"], auth=[])
class VerifyMailCode(Entrance):
    @extend_schema(
        operation_id="verify_mail_code",
        summary="Get a token for an address and the code that was mailed to it",
        request=serializers.VerifyMailCodeSerializer,
        responses={200: serializers.TokenSerializer, 401: SECOND_STEP},
    )
    def post(self, request: Request) -> Response:
        data = read(serializers.VerifyMailCodeSerializer, request)
        user = by_mail.prove(request._request, data["email"], data["code"])
        return Response(token(*entering.come_in(request._request, user)))
