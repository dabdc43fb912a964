"""The database does not answer for a moment: 503, and when to come again. Nothing was written."""

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from rest_framework import status
from rest_framework.exceptions import APIException

from notifications.transactions import is_away

from .metrics import errors

RETRY_SECONDS = 5


class Unavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = _("The database does not answer. Try again in a moment.")
    default_code = "unavailable"
    wait = RETRY_SECONDS


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Of any mistake that nobody caught, of pages and on the way to the API; the log has the error."""
    if not is_away(sys.exc_info()[1]):
        errors.inc()
        return defaults.server_error(request)
    response: HttpResponseBase = (
        JsonResponse({"detail": Unavailable.default_detail})
        if request.path.startswith("/api/")
        else HttpResponse(defaults.server_error(request).content)
    )
    response.status_code = Unavailable.status_code
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
