"""The JSON of rights: what is taken, and what is given."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import ProofSerializer
from audit.actions import Outcome
from audit.models import Entry
from myproject.api_fields import Choice, Moment

from .. import history
from ..forms import Fate
from ..models import Export


class ExportSerializer(serializers.Serializer[Any]):
    state = serializers.SerializerMethodField(help_text="`waiting`, `ready`, or `failed`: ask again.")
    asked_at = Moment()
    ready_at = Moment(allow_null=True)
    expires_at = Moment(allow_null=True)
    size = serializers.IntegerField(help_text="In bytes.")

    def get_state(self, export: Export) -> str:
        if export.ready_at:
            return "ready"
        return "failed" if export.has_failed else "waiting"


class LeaveSerializer(ProofSerializer):
    content = Choice(choices=Fate.choices, help_text="What becomes of what one wrote.")


class DepartureSerializer(serializers.Serializer[Any]):
    keeps_content = serializers.BooleanField()
    erase_at = Moment(help_text="Until then it can be taken back, by the link in the mail or by signing in.")


class HistorySerializer(serializers.Serializer[Any]):
    at = Moment()
    action = serializers.CharField(help_text="A word for programs, such as `sign_in`.")
    outcome = serializers.ChoiceField(Outcome.choices)
    sentence = serializers.SerializerMethodField(help_text="The same for people.")
    device = serializers.SerializerMethodField(help_text="“Firefox on Android”; empty where it is not known.")
    address = serializers.SerializerMethodField(help_text="Empty where it is not one's own to see.")

    def get_sentence(self, entry: Entry) -> str:
        return history.sentence_of(entry)

    def get_device(self, entry: Entry) -> str:
        return history.device_of(entry)

    def get_address(self, entry: Entry) -> str:
        return history.address_of(entry)
