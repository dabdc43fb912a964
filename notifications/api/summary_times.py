"""When a person's summaries come."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person
from myproject.api_fields import Choice, Identifier, Moment

from ..models import SummaryTimes, Weekday
from ..steering.cadencing import next_summaries, set_summary_times, summary_times_of
from .quiet import DAY_NAMES, WEEKDAYS


class EditSummaryTimesSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    hour = Identifier(
        min_value=0,
        max_value=23,
        required=False,
        help_text=_("Of daily and weekly ones, in the person's zone."),
    )
    weekday = Choice(choices=DAY_NAMES, required=False, help_text=_("Of weekly ones."))

    def validate_weekday(self, name: str) -> Weekday:
        return WEEKDAYS[name]


class NextSerializer(serializers.Serializer[Any]):
    hourly = Moment()
    daily = Moment()
    weekly = Moment()


class SummaryTimesSerializer(serializers.Serializer[Any]):
    hour = serializers.IntegerField()
    weekday = serializers.ChoiceField(choices=DAY_NAMES)
    time_zone = serializers.CharField()
    next = NextSerializer(help_text=_("When each of them leaves, if there is something to tell."))


@extend_schema(tags=["notifications"])
class SummaryTimesOfMine(APIView):
    @extend_schema(
        operation_id="get_summary_times",
        summary="When summaries come, in the person's time zone",
        responses=SummaryTimesSerializer,
    )
    def get(self, request: Request) -> Response:
        user = person(request)
        return Response(_shown(summary_times_of(user), user))

    @extend_schema(
        operation_id="set_summary_times",
        summary="Set them; what waits follows at once",
        request=EditSummaryTimesSerializer,
        responses=SummaryTimesSerializer,
    )
    def put(self, request: Request) -> Response:
        user = person(request)
        form = EditSummaryTimesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(_shown(set_summary_times(user, form.validated_data), user))


def _shown(times: SummaryTimes, user: Any) -> Any:
    shown = {
        "hour": times.hour,
        "weekday": Weekday(times.weekday).name.lower(),
        "time_zone": user.time_zone,
        "next": next_summaries(user, times),
    }
    return SummaryTimesSerializer(shown).data
