"""Fields that take what they say and nothing that could be turned into it: 5 is no text, "no" no boolean.

Their messages never repeat the input, which may not even be encodable.
"""

from datetime import UTC
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

BIGGEST_ID = 2**63 - 1


class Text(serializers.CharField):
    """What can be stored: without NUL (REST framework sees to that) and without lone surrogates."""

    default_error_messages = {"surrogate": _("This has characters that are not valid Unicode.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if any("\ud800" <= character <= "\udfff" for character in data):
            self.fail("surrogate")  # before any validator could repeat it in its message
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    default_error_messages = {"invalid": _("Must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Choice(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": _("This is none of the choices.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return super().to_internal_value(data)


class Identifier(serializers.IntegerField):
    """Of a row. One that no row can have is simply not found, by whoever looks for it."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class Moment(serializers.DateTimeField):
    """In UTC, whoever asks."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)
