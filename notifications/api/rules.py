"""What one chose more narrowly than for a category, and the preset that holds for the rest.

Levels of groups and posts are set where these are: /api/groups/<slug>/watch, /api/posts/<id>/watch.
"""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person, read, read_query
from myproject.api_fields import BIGGEST_ID
from myproject.api_paging import PageQuery, page_of, page_schema

from .. import kinds
from ..models import Rule
from ..steering.levels import forget, set_kinds
from ..steering.presets import choose_preset, preset_of
from .serializers import EditRuleSerializer, PresetSerializer, RuleSerializer


@extend_schema(tags=["notifications"])
class Rules(APIView):
    @extend_schema(
        operation_id="list_rules",
        summary="Of groups, posts and kinds, the latest first",
        parameters=[PageQuery],
        responses=page_schema("RulePage", RuleSerializer(many=True)),
    )
    def get(self, request: Request) -> Response:
        page = page_of(Rule.objects.of(person(request)), request, read_query(PageQuery, request))
        return page.answer(RuleSerializer(page.rows, many=True).data)

    @extend_schema(
        operation_id="set_rule",
        summary="What is different for one kind: true, false, or null for what holds otherwise",
        request=EditRuleSerializer,
        responses=RuleSerializer,
    )
    def put(self, request: Request) -> Response:
        channels = read(EditRuleSerializer, request)
        kind = kinds.type_names[channels.pop("type")]
        if not kind.steered:
            raise ValidationError({"type": _("Of this only the switch of its category decides.")})
        set_kinds(person(request), {kind: channels})
        about = {"scope": Rule.Scope.KIND, "type": kind.type}
        rule = Rule.objects.of(person(request)).filter(**about).first() or Rule(user=person(request), **about)
        return Response(RuleSerializer(rule).data)


@extend_schema(tags=["notifications"])
class OneRule(APIView):
    @extend_schema(operation_id="delete_rule", summary="Back to what holds otherwise", responses={204: None})
    def delete(self, request: Request, rule_id: str) -> Response:
        rules = Rule.objects.of(person(request)).filter(pk=min(int(rule_id), BIGGEST_ID))
        get_object_or_404(rules)
        forget(rules)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["notifications"], responses=PresetSerializer)
class ChosenPreset(APIView):
    @extend_schema(operation_id="get_preset", summary="What holds where nothing narrower was chosen")
    def get(self, request: Request) -> Response:
        return Response({"preset": preset_of(person(request))})

    @extend_schema(
        operation_id="set_preset",
        summary="Choose it; what was switched by category and by kind is discarded",
        request=PresetSerializer,
    )
    def put(self, request: Request) -> Response:
        choose_preset(person(request), read(PresetSerializer, request)["preset"])
        return Response({"preset": preset_of(person(request))})
