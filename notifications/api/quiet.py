"""When a person wants to be left in peace."""

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person
from myproject.api_fields import Choice, Clock, Flag, Moment, Text

from ..models import QuietHours, Weekday
from ..steering.quiet import quiet_until
from ..steering.quieting import quiet_hours_of, set_quiet_hours

WEEKDAYS = {day.name.lower(): day for day in Weekday}
DAY_NAMES = list(WEEKDAYS)
OUTSIDE = {"starts": "from", "ends": "to", "days": "weekdays"}  # the API's names for those of the model


class _Weekdays(serializers.ListField):
    child = Choice(choices=DAY_NAMES)

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=len(WEEKDAYS), help_text=_("Those on which they begin."), **options)

    def to_internal_value(self, data: Any) -> list[Weekday]:
        return [WEEKDAYS[name] for name in super().to_internal_value(data)]

    def to_representation(self, data: Any) -> list[str]:
        return [day.name.lower() for day in data]


def _time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("This is no time zone, such as Europe/Berlin."))


class EditQuietHoursSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    enabled = Flag(source="is_on", required=False)
    weekdays = _Weekdays(required=False)
    urgent_gets_through = Flag(required=False)
    time_zone = Text(max_length=64, required=False, validators=[_time_zone])

    def get_fields(self) -> Any:
        """`from` is a word of Python's own."""
        start = Clock(source="starts", required=False)
        end = Clock(source="ends", required=False, help_text=_("Of the next day, where it is before `from`."))
        return super().get_fields() | {"from": start, "to": end}


class QuietHoursSerializer(EditQuietHoursSerializer):
    quiet_until = Moment(allow_null=True, help_text=_("Null where it is not quiet now."))


@extend_schema(tags=["notifications"])
class QuietHoursOfMine(APIView):
    @extend_schema(
        operation_id="get_quiet_hours",
        summary="Quiet hours, in the person's time zone",
        responses=QuietHoursSerializer,
    )
    def get(self, request: Request) -> Response:
        user = person(request)
        return Response(_shown(quiet_hours_of(user), user))

    @extend_schema(
        operation_id="set_quiet_hours",
        summary="Set them; what waits follows at once",
        request=EditQuietHoursSerializer,
        responses=QuietHoursSerializer,
    )
    def put(self, request: Request) -> Response:
        user = person(request)
        form = EditQuietHoursSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        changes = dict(form.validated_data)
        zone = changes.pop("time_zone", "")
        try:
            hours = set_quiet_hours(user, changes, time_zone=zone)
        except DjangoValidationError as error:
            named = {OUTSIDE.get(field, field): said for field, said in error.message_dict.items()}
            raise ValidationError(named) from error
        return Response(_shown(hours, user))


def _shown(hours: QuietHours, user: Any) -> Any:
    until = quiet_until(timezone.now(), hours, ZoneInfo(user.time_zone))
    shown = {
        "is_on": hours.is_on, "starts": hours.starts, "ends": hours.ends, "weekdays": hours.weekdays,
        "urgent_gets_through": hours.urgent_gets_through, "time_zone": user.time_zone, "quiet_until": until,
    }  # fmt: skip
    return QuietHoursSerializer(shown).data
