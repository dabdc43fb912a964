"""The JSON of announcements: what is taken, and what is given."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import PersonSerializer
from community.api.serializers import GroupBriefSerializer
from community.publishing.models import TITLE_LENGTH
from myproject.api_fields import Choice, Flag, Moment, Text

from ..models import CONTENT_LENGTH, LINK_LENGTH, Audience
from ..standing import State


class EditAnnouncementSerializer(serializers.Serializer[Any]):
    title = Text(max_length=TITLE_LENGTH)
    content = Text(max_length=CONTENT_LENGTH)
    audience = Choice(choices=Audience.choices)
    group = Text(
        max_length=60, required=False, allow_blank=True, allow_null=True, help_text="The slug of a group."
    )
    link = Text(max_length=LINK_LENGTH, required=False, allow_blank=True)
    by_mail = Flag(required=False)
    scheduled_at = Moment(required=False, allow_null=True)
    expires_at = Moment(required=False, allow_null=True)


class AnnouncementSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="announcement.pk")
    author = PersonSerializer(source="announcement.author")
    title = serializers.CharField(source="announcement.title")
    content = serializers.CharField(source="announcement.content")
    content_html = serializers.CharField(source="announcement.content_html")
    link = serializers.CharField(source="announcement.link")
    audience = serializers.ChoiceField(choices=Audience.choices, source="announcement.audience")
    group = GroupBriefSerializer(source="announcement.group", allow_null=True)
    by_mail = serializers.BooleanField(source="announcement.by_mail")
    scheduled_at = Moment(source="announcement.scheduled_at", allow_null=True)
    starts_at = Moment(source="announcement.starts_at", allow_null=True)
    expires_at = Moment(source="announcement.expires_at", allow_null=True)
    stopped_at = Moment(source="announcement.stopped_at", allow_null=True)
    created_at = Moment(source="announcement.created_at")
    edited_at = Moment(source="announcement.edited_at")
    state = serializers.ChoiceField(choices=State.choices)
    told = serializers.IntegerField(
        allow_null=True, help_text="How many people found it in their inbox; null once that is not kept."
    )


class ReachSerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField(help_text="In its audience, its author left out.")
    in_app = serializers.IntegerField()
    mail_now = serializers.IntegerField()
    held = serializers.IntegerField(help_text="By mail at the end of their quiet hours.")
    mail_later = serializers.IntegerField(help_text="In the summary that they chose.")
    mail_off = serializers.IntegerField()
    no_address = serializers.IntegerField()
    stopped = serializers.IntegerField(
        help_text="Mail comes back from their address, or was marked as unwanted there."
    )
    unreached = serializers.IntegerField(
        help_text="Neither in the app nor by mail: they muted the group, or switched announcements off."
    )
    sample = PersonSerializer(many=True)
