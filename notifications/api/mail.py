"""Whether mail goes to whoever asks, and having it go again."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person
from myproject.api_fields import Moment

from ..bouncing import suppressing
from ..models import Cause, Suppression


class MailStandingSerializer(serializers.Serializer[Any]):
    address = serializers.CharField()
    stopped = serializers.ChoiceField(
        choices=Suppression.Stops.choices, allow_null=True, help_text="Null: mail goes there."
    )
    cause = serializers.ChoiceField(choices=Cause.choices, allow_null=True)
    since = Moment(allow_null=True, help_text="When it first came back.")
    may_resume_at = Moment(allow_null=True, help_text="Null: at once, or not needed.")


@extend_schema(tags=["notifications"])
class MailStanding(APIView):
    @extend_schema(
        operation_id="get_mail_standing",
        summary="Whether mail goes to one's address, or was stopped because it came back",
        responses=MailStandingSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(_standing(person(request)))

    @extend_schema(
        operation_id="resume_mail",
        summary="Have mail go there again; less and less often where it comes back each time",
        request=None,
        responses=MailStandingSerializer,
    )
    def post(self, request: Request) -> Response:
        try:
            suppressing.resume(person(request).email)
        except suppressing.TooSoonError as error:
            raise Throttled(wait=(error.at - timezone.now()).total_seconds()) from error
        return Response(_standing(person(request)))


def _standing(user: Any) -> Any:
    trouble = suppressing.trouble_of(user.email)
    row = trouble.row if trouble else None
    shown = {
        "address": user.email,
        "stopped": row.stops if row else None,
        "cause": row.cause if row else None,
        "since": row.since if row else None,
        "may_resume_at": trouble.again_at if trouble else None,
    }
    return MailStandingSerializer(shown).data
