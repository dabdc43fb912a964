"""Changing one's password, and choosing another where it was forgotten."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person, read
from myproject.api_schema import MESSAGE

from .. import passwords
from . import serializers
from .views import MAIL_IS_DOWN, Entrance, mailing


@extend_schema(tags=["me"])
class ChangePassword(APIView):
    @extend_schema(
        operation_id="change_password",
        summary="Choose another password, by the current one",
        request=serializers.ChangePasswordSerializer,
        responses={200: serializers.ChangedPasswordSerializer},
    )
    def post(self, request: Request) -> Response:
        """Every session and token ends, also the token of this request: go on with that of the answer. A
        session that asks goes on, and gets none.
        """
        data, user = read(serializers.ChangePasswordSerializer, request), person(request)
        by_token = isinstance(request.auth, AuthToken)
        token = passwords.change(request._request, user, by_token=by_token, **data)
        account = serializers.AccountSerializer(user).data
        return Response({"token": token, "user": account} if token else {"user": account})


@extend_schema(tags=["auth"], auth=[])
class RequestReset(Entrance):
    @extend_schema(
        operation_id="request_password_reset",
        summary="Have a code mailed with which one chooses a new password",
        request=serializers.RequestMailCodeSerializer,
        responses={200: MESSAGE, 503: MAIL_IS_DOWN},
    )
    def post(self, request: Request) -> Response:
        """The same answer for every address. A code is good once, for ten minutes and five guesses."""
        data = read(serializers.RequestMailCodeSerializer, request)
        with mailing("A code for a new password could not be mailed"):
            passwords.ask_for_code(request._request, data["email"])
        return Response({"message": _("We have sent you an email.")})


@extend_schema(tags=["auth"], auth=[])
class ResetPassword(Entrance):
    @extend_schema(
        operation_id="reset_password",
        summary="Choose a new password with the code that was mailed",
        request=serializers.ResetPasswordSerializer,
        responses={200: MESSAGE},
    )
    def post(self, request: Request) -> Response:
        """Every session and token ends, and nobody is signed in by it. Any other code is 400 at `code`,
        whoever has the address; a code is still good where only the new password was refused.
        """
        data = read(serializers.ResetPasswordSerializer, request)
        passwords.choose_anew(request._request, **data)
        return Response({"message": _("Your password is replaced. Sign in with the new one.")})
