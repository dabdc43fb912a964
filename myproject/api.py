"""What all of the API shares: how it reads bodies, what it answers to errors, and who is asking."""

import json
import logging
from typing import Any, NoReturn, cast

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import exception_handler as default_handler

from notifications.transactions import is_away

from .outage import Unavailable

logger = logging.getLogger(__name__)


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("This is more than one request may carry.")
    default_code = "too_large"


class Conflict(APIException):
    """Two requests met, or what this one needs was deleted under its hands."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This was changed at the same moment. Try again.")
    default_code = "conflict"


class JSONParser(BaseParser):
    """JSON is UTF-8 whatever the header says. What is too large, too deep or not JSON is a 4xx."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        size = int(parser_context["request"].META["CONTENT_LENGTH"])
        if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            return json.loads(stream.read().decode(), parse_constant=_refuse_constant)
        except RecursionError as error:
            raise ParseError(_("This JSON is nested too deeply.")) from error
        except ValueError as error:
            raise ParseError(_("This is not JSON: %(reason)s.") % {"reason": error}) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of a request becomes a JSON object: by field where a field is wrong, else `detail`."""
    return default_handler(_translated(error), context)


def _translated(error: Exception) -> Exception:
    match error:
        case DjangoValidationError():  # of the actions
            return ValidationError(
                {_outside_name(field): messages for field, messages in error.message_dict.items()}
                if hasattr(error, "error_dict")
                else {"detail": " ".join(error.messages)}
            )
        case ValidationError() if isinstance(error.detail, list):
            return ValidationError({"detail": error.detail})
        case Http404():
            return NotFound()  # without saying what was looked for: invisible and missing are the same
        case RequestDataTooBig():
            return TooLarge()
        case SuspiciousOperation() | BadRequest() | UnreadablePostError():
            return ParseError()
        case IntegrityError():
            return Conflict()
        case _ if is_away(error):
            logger.error("a request was refused", exc_info=error)
            return Unavailable()
    return error


def _outside_name(field: str) -> str:
    return "detail" if field == "__all__" else field


def person(request: Request) -> Any:
    """Who is asking. Any: each app knows the people by its own name for them."""
    return cast(Any, request.user)


def read(serializer: type[BaseSerializer[Any]], request: Request, **options: Any) -> Any:
    """What was sent, checked. Raises ValidationError by field."""
    form = serializer(data=request.data, **options)
    form.is_valid(raise_exception=True)
    return form.validated_data


def read_query(serializer: type[BaseSerializer[Any]], request: Request) -> Any:
    """The parameters of the address, checked; an empty one is one that was left out."""
    form = serializer(data={name: value for name, value in request.query_params.items() if value != ""})
    form.is_valid(raise_exception=True)
    return form.validated_data
