"""The JSON of the newsletter: what is taken, and what is given."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import PersonSerializer
from community.api.serializers import GroupBriefSerializer
from community.publishing.models import TITLE_LENGTH
from myproject.api_fields import Choice, Flag, Moment, Text
from notifications.models import Delivery

from ..models import CONTENT_LENGTH, Segment
from ..standing import State


class SubscriptionSerializer(serializers.Serializer[Any]):
    subscribed = serializers.BooleanField()
    email_verified = serializers.BooleanField(
        help_text="Without it nothing is sent: nobody has shown that the address is theirs."
    )


class EditSubscriptionSerializer(serializers.Serializer[Any]):
    subscribed = Flag()


class EditEditionSerializer(serializers.Serializer[Any]):
    title = Text(max_length=TITLE_LENGTH)
    content = Text(max_length=CONTENT_LENGTH)
    segment = Choice(choices=Segment.choices, required=False)
    group = Text(
        max_length=60, required=False, allow_blank=True, allow_null=True, help_text="The slug of a group."
    )
    scheduled_at = Moment(required=False, allow_null=True)


class EndSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    reason = serializers.CharField(help_text="Why it was not sent; empty where it was.")
    copies = serializers.IntegerField()


class EditionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="edition.pk")
    author = PersonSerializer(source="edition.author")
    title = serializers.CharField(source="edition.title")
    content = serializers.CharField(source="edition.content")
    content_html = serializers.CharField(source="edition.content_html")
    segment = serializers.ChoiceField(choices=Segment.choices, source="edition.segment")
    group = GroupBriefSerializer(source="edition.group", allow_null=True)
    scheduled_at = Moment(source="edition.scheduled_at", allow_null=True)
    starts_at = Moment(source="edition.starts_at", allow_null=True)
    stopped_at = Moment(source="edition.stopped_at", allow_null=True)
    created_at = Moment(source="edition.created_at")
    edited_at = Moment(source="edition.edited_at")
    state = serializers.ChoiceField(choices=State.choices)
    sent = serializers.IntegerField()
    waiting = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Refused, given up, or handed over twice without an answer.")
    skipped = serializers.IntegerField()
    unsubscribed = serializers.IntegerField(help_text="By the link in it.")
    results = serializers.SerializerMethodField()

    @extend_schema_field(EndSerializer(many=True))
    def get_results(self, standing: Any) -> list[dict[str, Any]]:
        ends = [
            {"state": state, "reason": reason, "copies": count} for state, reason, count in standing.tally
        ]
        return list(EndSerializer(ends, many=True).data)


class EditionReachSerializer(serializers.Serializer[Any]):
    addresses = serializers.IntegerField(help_text="How many would get it, each once.")
    members = serializers.IntegerField(help_text="Of these: people who have an account here.")
    others = serializers.IntegerField()
    twice = serializers.IntegerField(help_text="Subscribed in two ways at one address; counted once above.")
    left_out = serializers.DictField(child=serializers.IntegerField(), help_text="Why, and how many.")
