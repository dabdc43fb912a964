"""Signing up, in and out, and one's own account."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import logout
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import AuthToken
from rest_framework import status
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person, read
from myproject.api_schema import PROBLEM

from .. import actions
from ..models import User
from . import serializers

logger = logging.getLogger(__name__)

WRONG_CREDENTIALS = OpenApiResponse(
    serializers.SecondFactorSerializer,
    "They do not belong together; the same answer whether the email is known or not. With `mfa_required` "
    "they do: send the `challenge` and a code to `/api/auth/signin/confirm`.",
)
MAIL_IS_DOWN = OpenApiResponse(PROBLEM, "The mail server does not take it.")


class Entrance(APIView):
    """Open to everybody: whoever carries an old token or cookie may come in as well."""

    permission_classes = [AllowAny]
    authentication_classes = []

    def get_authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


@extend_schema(tags=["auth"], auth=[])
class SignUp(Entrance):
    @extend_schema(
        operation_id="sign_up",
        summary="Make an account",
        request=serializers.SignUpSerializer,
        responses={201: serializers.TokenSerializer},
    )
    def post(self, request: Request) -> Response:
        data = read(serializers.SignUpSerializer, request)
        user, secret = actions.sign_up(request._request, **data)
        return Response(token(user, secret), status=status.HTTP_201_CREATED)


@extend_schema(tags=["auth"], auth=[])
class SignIn(Entrance):
    @extend_schema(
        operation_id="sign_in",
        summary="Get a token for an email and a password",
        request=serializers.SignInSerializer,
        responses={200: serializers.TokenSerializer, 401: WRONG_CREDENTIALS},
    )
    def post(self, request: Request) -> Response:
        """Only attempts that fail count against the limit."""
        data = read(serializers.SignInSerializer, request)
        signed_in = actions.sign_in(request._request, **data)
        if signed_in is None:
            raise AuthenticationFailed(_("This email and password do not belong together."))
        return Response(token(*signed_in))


@extend_schema(tags=["auth"])
class SignOut(APIView):
    @extend_schema(
        operation_id="sign_out",
        summary="End this token, or this session",
        request=None,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, AuthToken):
            actions.sign_out(request.auth)
        else:
            logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["me"])
class Me(APIView):
    @extend_schema(operation_id="get_me", summary="One's own account", responses=serializers.MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(serializers.MeSerializer(person(request)).data)

    @extend_schema(
        operation_id="edit_me",
        summary="Change what is given",
        request=serializers.EditMeSerializer,
        responses=serializers.MeSerializer,
    )
    def patch(self, request: Request) -> Response:
        changes = read(serializers.EditMeSerializer, request, partial=True)
        user = actions.edit_profile(person(request), **changes)
        return Response(serializers.MeSerializer(user).data)


class MailIsDown(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = gettext_lazy("The mail server does not answer. Try again later.")
    default_code = "mail_is_down"


@contextmanager
def mailing(complaint: str) -> Iterator[None]:
    """Around what mails at once. Raises MailIsDown where the server does not take it; the log says so."""
    try:
        yield
    except OSError as error:
        logger.exception(complaint)
        raise MailIsDown from error


def token(user: User, secret: str) -> dict[str, object]:
    return {"token": secret, "user": serializers.AccountSerializer(user).data}
