"""Proving one's address."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person, read
from myproject.api_schema import MESSAGE

from .. import actions, own_address
from ..models import User
from . import serializers
from .views import MAIL_IS_DOWN, mailing


@extend_schema(tags=["me"])
class SendVerification(APIView):
    @extend_schema(
        operation_id="send_verification_email",
        summary="Send a link and a code that prove the email address",
        request=None,
        responses={200: MESSAGE, 503: MAIL_IS_DOWN},
    )
    def post(self, request: Request) -> Response:
        """Asked again within a minute it sends nothing. The link is good for three days, the code for ten
        minutes and five guesses; a newer mail makes the code of the one before worthless.
        """
        with mailing("The mail that proves an address could not be sent"):
            sent = actions.send_verification(request._request, person(request))
        message = _("We have sent you an email.") if sent else _("Your email address is verified already.")
        return Response({"message": message})


@extend_schema(tags=["me"])
class ConfirmVerification(APIView):
    @extend_schema(
        operation_id="confirm_verification_email",
        summary="Prove the email address by the code that was mailed to it",
        request=serializers.MailedCodeSerializer,
        responses=serializers.MeSerializer,
    )
    def post(self, request: Request) -> Response:
        """Answers with the account as it is now: an address that was waiting takes the place of the old one.
        Any other code is 400, at its field: a wrong one, an old or used one, and that of somebody else.
        """
        code = read(serializers.MailedCodeSerializer, request)["code"]
        own_address.prove(request._request, person(request), code)
        return Response(serializers.MeSerializer(User.objects.get(pk=person(request).pk)).data)
