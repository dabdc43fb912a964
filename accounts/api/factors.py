"""The second step of signing in, for whoever has set one up."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from myproject.api import read
from myproject.api_schema import PROBLEM

from ..factors import entering
from . import serializers
from .views import Entrance, token

WRONG_CODE = OpenApiResponse(PROBLEM, "The code is wrong, or was used already. The challenge is still good.")


@extend_schema(tags=["auth"], auth=[])
class Confirm(Entrance):
    @extend_schema(
        operation_id="confirm_sign_in",
        summary="Get a token for a challenge and the code of the second step",
        request=serializers.ConfirmSerializer,
        responses={200: serializers.TokenSerializer, 401: WRONG_CODE},
    )
    def post(self, request: Request) -> Response:
        """The challenge is that of the answer 401 to a sign-in, and good for five minutes and one token; the
        code one of the app or a recovery code. A challenge that is over is 400, at its field: sign in again.
        """
        data = read(serializers.ConfirmSerializer, request)
        signed_in = entering.confirm(request._request, data["challenge"], data["code"])
        if signed_in is None:
            raise AuthenticationFailed(_("This code is wrong, or it was used already."))
        return Response(token(*signed_in))
