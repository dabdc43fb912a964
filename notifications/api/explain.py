"""Why something did, or did not, reach somebody: for staff who may look at events."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person as whoever_asks
from myproject.api import read_query
from myproject.api_fields import Moment, Text
from myproject.api_schema import PROBLEM

from ..models import DecidedBy, Event
from ..upkeep.explain import (
    ByMail,
    InApp,
    find_person,
    reach,
)
from ..upkeep.telling import About, sentences


class ExplainQuery(serializers.Serializer[Any]):
    event = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The number of the event.")
    person = Text(max_length=254, help_text="Username or email address.")


class SentenceSerializer(serializers.Serializer[Any]):
    about = serializers.ChoiceField(choices=About.choices)
    text = serializers.CharField()


class RowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    seen_at = Moment(allow_null=True)
    read_at = Moment(allow_null=True)
    saved_at = Moment(allow_null=True)
    snoozed_until = Moment(allow_null=True)
    done_at = Moment(allow_null=True)
    deleted_at = Moment(allow_null=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    event = serializers.IntegerField(source="event.pk")
    type = serializers.CharField(source="event.kind")
    person = serializers.CharField(source="reach.person.username")
    in_app = serializers.ChoiceField(choices=InApp.choices, source="reach.in_app")
    in_app_decided_by = serializers.ChoiceField(
        choices=DecidedBy.choices, source="reach.in_app_by", allow_null=True,
        help_text="Empty for the site's default; null where it came to no decision.",
    )  # fmt: skip
    row = RowSerializer(
        source="reach.row", allow_null=True,
        help_text="What this person did with it, and when; null where no row of the inbox stands for it.",
    )  # fmt: skip
    email = serializers.ChoiceField(choices=ByMail.choices, source="reach.by_mail")
    email_decided_by = serializers.ChoiceField(
        choices=DecidedBy.choices, source="reach.mail_by", allow_null=True
    )
    email_state = serializers.CharField(allow_null=True, help_text="Of the mail, where there is one.")
    email_reason = serializers.CharField(allow_null=True)
    summary = serializers.IntegerField(
        allow_null=True, help_text="The delivery that tells of it, after quiet hours."
    )
    sentences = SentenceSerializer(many=True)


@extend_schema(tags=["notifications"])
class Explain(APIView):
    @extend_schema(
        operation_id="explain_notification",
        summary="Which rule let an event reach a person, or stopped it; for staff who may look at events",
        parameters=[ExplainQuery],
        responses={
            200: ExplanationSerializer,
            403: OpenApiResponse(PROBLEM, "Not of the staff, or without the right to look at events."),
        },
    )
    def get(self, request: Request) -> Response:
        user = whoever_asks(request)
        if not (user.is_staff and user.has_perm("notifications.view_event")):
            raise PermissionDenied
        query = read_query(ExplainQuery, request)
        event = Event.objects.filter(pk=query["event"]).first()
        if event is None:
            raise ValidationError({"event": [_("There is no such event.")]})
        whom = find_person(query["person"])
        if whom is None:
            raise ValidationError({"person": [_("Nobody here has this username or address.")]})
        found = reach(event, whom)
        explanation = {
            "event": event,
            "reach": found,
            "email_state": found.delivery.state if found.delivery else None,
            "email_reason": found.delivery.reason if found.delivery else None,
            "summary": found.summary.pk if found.summary else None,
            "sentences": [{"about": about, "text": text} for about, text in sentences(event, found)],
        }
        return Response(ExplanationSerializer(explanation).data)
