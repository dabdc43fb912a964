"""The JSON of flags and cases: what is taken, and what is given."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import PersonSerializer
from community.api.serializers import GroupBriefSerializer
from myproject.api_fields import Choice, Flag, Identifier, Moment, Text
from myproject.api_paging import PageQuery

from ..models import WORDS_LENGTH, Decision
from ..reasons import FLAGGABLE, Reason, Severity
from ..subjects import Type

REASONS = [(reason.value, reason.label) for reason in FLAGGABLE]


class FlagThingSerializer(serializers.Serializer[Any]):
    type = Choice(choices=Type.choices)
    id = Identifier(help_text="Of the post, comment, person or group.")
    reason = Choice(choices=REASONS)
    words = Text(max_length=WORDS_LENGTH, required=False, allow_blank=True)


class FlagSerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=Type.choices, source="case.target_type")
    id = serializers.IntegerField(source="case.target_id")
    reason = serializers.ChoiceField(choices=Reason.choices)
    words = serializers.CharField()
    created_at = Moment()


class CaseQuery(PageQuery):
    decided = serializers.BooleanField(
        required=False, default=False, help_text="What was decided, instead of what is to be."
    )


class _DecisionSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=Decision.Action.choices)
    words = serializers.CharField()
    until = Moment(allow_null=True, help_text="Of a suspension; null for good.")
    created_at = Moment()
    appeal = serializers.CharField()
    appealed_at = Moment(allow_null=True)
    answer = serializers.CharField()
    answered_at = Moment(allow_null=True)
    reversed_at = Moment(allow_null=True)


class DecisionSerializer(_DecisionSerializer):
    by = PersonSerializer(allow_null=True)


class OwnDecisionSerializer(_DecisionSerializer):
    """For whom it concerns: never who decided."""

    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=Type.choices, source="case.target_type")
    target_id = serializers.IntegerField(source="case.target_id")
    title = serializers.CharField(source="case.title")


class AppealSerializer(serializers.Serializer[Any]):
    words = Text(max_length=WORDS_LENGTH)


class AnswerSerializer(AppealSerializer):
    take_back = Flag()


class DecideSerializer(serializers.Serializer[Any]):
    action = Choice(choices=Decision.Action.choices)
    words = Text(max_length=WORDS_LENGTH, required=False, allow_blank=True)
    until = Moment(required=False, allow_null=True, help_text="Of a suspension; null for good.")
    also_hide = Flag(required=False, help_text="With a warning or a suspension.")


class CaseSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=Type.choices, source="target_type")
    target_id = serializers.IntegerField()
    person = PersonSerializer(allow_null=True)
    group = GroupBriefSerializer(allow_null=True)
    title = serializers.CharField()
    said = serializers.CharField(help_text="As it was when it was flagged.")
    severity = serializers.ChoiceField(choices=Severity.choices)
    flags_count = serializers.IntegerField()
    owner = PersonSerializer(allow_null=True)
    due_at = Moment()
    escalated_at = Moment(allow_null=True)
    created_at = Moment()
    closed_at = Moment(allow_null=True)
    decision = serializers.SerializerMethodField()

    def get_decision(self, case: Any) -> dict[str, Any] | None:
        decision = getattr(case, "decision", None)
        return None if decision is None else dict(DecisionSerializer(decision).data)
