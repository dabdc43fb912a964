"""The JSON of somebody's reputation."""

from typing import Any

from rest_framework import serializers

from myproject.api_fields import Flag, Moment

from ..rules import Cause


class StreakSerializer(serializers.Serializer[Any]):
    current = serializers.IntegerField(help_text="Days in a row, up to today or yesterday.")
    longest = serializers.IntegerField()


class BadgeSerializer(serializers.Serializer[Any]):
    badge = serializers.CharField()
    name = serializers.CharField(source="rule.label")
    why = serializers.CharField(source="rule.why")
    earned_at = Moment()


class ReasonSerializer(serializers.Serializer[Any]):
    points = serializers.IntegerField(help_text="Negative where it was taken back.")
    cause = serializers.ChoiceField(choices=Cause.choices)
    thing = serializers.CharField(help_text="The post it is about; empty of one's own that is gone.")
    url = serializers.CharField()
    at = Moment()


class ReputationSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(source="person.username")
    total = serializers.IntegerField(source="reputation.total")
    streak = StreakSerializer(source="reputation.streak")
    badges = BadgeSerializer(many=True, source="reputation.awards")
    is_hidden = serializers.BooleanField(source="reputation.is_hidden")
    reasons = ReasonSerializer(many=True, help_text="The newest fifty that you may see.")


class HideSerializer(serializers.Serializer[Any]):
    is_hidden = Flag()
