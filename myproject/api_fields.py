"""Fields that take what they say and nothing that could be turned into it: 5 is no text, "no" no boolean.

Their messages never repeat the input, which may not even be encodable.
"""

import re
from datetime import UTC, time
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


class Clock(Text):
    """A time of day, to the minute: 07:30."""

    default_error_messages = {"not_a_time": _("This is no time of day, such as 07:30.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=5, **options)

    def to_internal_value(self, data: Any) -> Any:
        said = super().to_internal_value(data)
        if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", said):
            self.fail("not_a_time")
        return time.fromisoformat(said)

    def run_validators(self, value: Any) -> None:
        """Its length is that of its shape."""

    def to_representation(self, value: Any) -> str:
        return f"{value:%H:%M}"


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
