"""What a person wants to hear of, and how."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person

from ..models import Category, NotificationPreference
from ..steering.preferring import set_preferences
from .serializers import EditPreferenceSerializer, PreferenceSerializer

ROWS_MAX = 20


@extend_schema(tags=["notifications"], responses=PreferenceSerializer(many=True))
class Preferences(APIView):
    @extend_schema(
        operation_id="list_preferences", summary="A row for every category: what was chosen, or the defaults"
    )
    def get(self, request: Request) -> Response:
        return Response(_rows(person(request)))

    @extend_schema(
        operation_id="set_preferences",
        summary="Set one row, or a list of rows; answers with all of them",
        request=PolymorphicProxySerializer(
            component_name="PreferenceOrPreferences",
            serializers=[EditPreferenceSerializer, EditPreferenceSerializer(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
    )
    def put(self, request: Request) -> Response:
        user = person(request)
        rows = request.data if isinstance(request.data, list) else [request.data]
        if len(rows) > ROWS_MAX:
            raise ValidationError({"detail": _("These are more rows than there are categories.")})
        given = {row.pop("notification_type"): row for row in map(_checked, rows)}
        # Always in one order, so that two requests cannot each wait for a row that the other holds.
        set_preferences(user, {category: given[category] for category in Category if category in given})
        return Response(_rows(user))


def _checked(row: Any) -> dict[str, Any]:
    form = EditPreferenceSerializer(data=row)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _rows(user: Any) -> Any:
    stored = {row.notification_type: row for row in NotificationPreference.objects.of(user)}
    rows = [
        stored.get(category) or NotificationPreference(user=user, notification_type=category)
        for category in Category
    ]
    return PreferenceSerializer(rows, many=True).data
