"""The JSON of rights: what is taken, and what is given."""

from typing import Any

from rest_framework import serializers

from myproject.api_fields import Choice, Moment, Text

from ..forms import Fate
from ..models import Export


class ProofSerializer(serializers.Serializer[Any]):
    password = Text(max_length=128, help_text="One's own, once more.")


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
