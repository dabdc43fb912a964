"""The JSON of the inbox and of what decides what arrives in it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from myproject.api_fields import BIGGEST_ID, Choice, Flag, Identifier, Moment, Text
from myproject.api_paging import LIMIT_MAX, PageQuery

from .. import kinds
from ..inbox.filters import Tab
from ..inbox.snoozing import objection
from ..inbox.states import Deed
from ..models import Category, Frequency, Notification, Preset, Rule
from ..rendering import Shown

# As in addresses of the API → the tab of the page that shows the same.
STATES = {"inbox": Tab.ALL, **{tab.value: tab for tab in (Tab.UNREAD, Tab.SAVED, Tab.DONE, Tab.SNOOZED)}}
PRIORITIES = [priority.name.lower() for priority in Notification.Priority]


class NotificationQuery(PageQuery):
    unread_only = serializers.BooleanField(default=False)
    state = Choice(
        choices=list(STATES),
        default="inbox",
        help_text="Which part: the inbox, what is unread in it, or what was put aside.",
    )
    group = Text(required=False, help_text="Only what happened in this group, which you are in.")

    def get_fields(self) -> Any:
        """The types are known when every app is loaded."""
        types = serializers.ChoiceField(
            choices=sorted(kinds.type_names), required=False, help_text="Only those of this type."
        )
        return super().get_fields() | {"type": types}


class ActorSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()


_ACTOR = ActorSerializer()  # making one takes several times as long as using it


class NotificationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="notification.pk")
    type = serializers.CharField(source="notification.kind")
    title = serializers.CharField()
    message = serializers.CharField()
    actor = serializers.SerializerMethodField()
    actors_count = serializers.IntegerField(source="notification.actors_count")
    target_type = serializers.CharField(source="notification.target_type")
    target_id = serializers.IntegerField(source="notification.target_id")
    target_url = serializers.CharField(
        source="url", help_text="A path on this site; empty where it is gone, or not to be seen any more."
    )
    priority = serializers.SerializerMethodField()
    is_read = serializers.BooleanField(source="notification.is_read")
    read_at = Moment(source="notification.read_at", allow_null=True)
    created_at = Moment(source="notification.created_at")
    seen_at = Moment(
        source="notification.seen_at", allow_null=True, help_text="When the inbox first showed it as it is."
    )
    done_at = Moment(source="notification.done_at", allow_null=True)
    saved_at = Moment(source="notification.saved_at", allow_null=True)
    snoozed_until = Moment(source="notification.snoozed_until", allow_null=True)

    @extend_schema_field(ActorSerializer(allow_null=True))
    def get_actor(self, shown: Shown) -> Any:
        """The latest of them; null where nobody is named, or there is nothing to be seen any more."""
        return _ACTOR.to_representation(shown.actors[0]) if shown.content and shown.actors else None

    @extend_schema_field(serializers.ChoiceField(choices=PRIORITIES))
    def get_priority(self, shown: Shown) -> str:
        return Notification.Priority(shown.notification.priority).name.lower()


class UnreadCountSerializer(serializers.Serializer[Any]):
    unread_count = serializers.IntegerField()


class ReadSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    is_read = serializers.BooleanField()
    read_at = Moment(allow_null=True)


class MarkedSerializer(serializers.Serializer[Any]):
    marked_as_read = serializers.IntegerField()


class WakingTime(Moment):
    """A time to come, within a year."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", format="ISO 8601")
        moment = super().to_internal_value(data)
        if problem := objection(moment, timezone.now()):
            raise serializers.ValidationError(problem)
        return moment


class EditNotificationSerializer(serializers.Serializer[Any]):
    """null unsets, as false does."""

    read = Flag(required=False, allow_null=True)
    done = Flag(required=False, allow_null=True)
    saved = Flag(required=False, allow_null=True)
    snoozed_until = WakingTime(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("done") and not attrs.get("read", True):
            raise serializers.ValidationError({"read": _("What is done is read.")})
        if attrs.get("snoozed_until") and (attrs.get("done") or attrs.get("read")):
            raise serializers.ValidationError({"snoozed_until": _("What is to come back is unread.")})
        return attrs


def deeds_of(asked: dict[str, Any]) -> list[Deed]:
    """In an order in which none takes back another."""
    pairs = (
        ("snoozed_until", Deed.SNOOZE, Deed.WAKE),
        ("done", Deed.DONE, Deed.UNDONE),
        ("read", Deed.READ, Deed.UNREAD),
        ("saved", Deed.SAVE, Deed.UNSAVE),
    )
    return [(setting if asked[name] else unsetting) for name, setting, unsetting in pairs if name in asked]


class BulkSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=Identifier(), min_length=1, max_length=LIMIT_MAX)
    action = Choice(choices=Deed.choices)
    until = WakingTime(required=False, help_text="For `snooze` alone: when they come back.")

    def validate_ids(self, ids: list[int]) -> list[int]:
        return [pk for pk in ids if 0 < pk <= BIGGEST_ID]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] == Deed.SNOOZE and "until" not in attrs:
            raise serializers.ValidationError({"until": _("Snoozing needs a time to come back at.")})
        return attrs


class BulkAnswerSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField(help_text="How many are not as they were.")
    unread_count = serializers.IntegerField()


class PreferenceSerializer(serializers.Serializer[Any]):
    notification_type = Choice(choices=Category.choices)
    in_app_enabled = Flag()
    email_enabled = Flag()
    push_enabled = Flag()
    email_frequency = Choice(choices=Frequency.choices)


class EditPreferenceSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    notification_type = Choice(choices=Category.choices)
    in_app_enabled = Flag(required=False)
    email_enabled = Flag(required=False)
    push_enabled = Flag(required=False)
    email_frequency = Choice(choices=Frequency.choices, required=False)


class EditBlockSerializer(serializers.Serializer[Any]):
    username = Text(max_length=32)


class BlockSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="blocked.pk")
    username = serializers.CharField(source="blocked.username")
    name = serializers.CharField(source="blocked.name")
    blocked_at = Moment(source="created_at")


class PresetSerializer(serializers.Serializer[Any]):
    preset = Choice(choices=Preset.choices)


class EditRuleSerializer(serializers.Serializer[Any]):
    in_app = Flag(required=False, allow_null=True)
    email = Flag(required=False, allow_null=True)
    push = Flag(required=False, allow_null=True)

    def get_fields(self) -> Any:
        """The types are known when every app is loaded."""
        return {"type": Choice(choices=sorted(kinds.type_names))} | super().get_fields()


class RuleSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk", allow_null=True, help_text="Null where nothing is stored.")
    scope = serializers.ChoiceField(choices=Rule.Scope.choices)
    type = serializers.CharField(help_text="Of a rule about a kind.")
    target_type = serializers.CharField(help_text="Of a rule about one thing: `post`.")
    target_id = serializers.IntegerField(allow_null=True)
    group_id = serializers.IntegerField(source="place_id", allow_null=True)
    level = serializers.CharField(help_text="Of groups and posts; empty where there is none.")
    in_app = serializers.BooleanField(allow_null=True)
    email = serializers.BooleanField(allow_null=True)
    push = serializers.BooleanField(allow_null=True)
    created_at = Moment()
