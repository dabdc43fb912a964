"""What all of the API shares."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Actions raise Django's ValidationError: it becomes a 400 that names the field."""
    if isinstance(error, DjangoValidationError):
        error = ValidationError(
            error.message_dict if hasattr(error, "error_dict") else {"detail": " ".join(error.messages)}
        )
    return default_handler(error, context)
