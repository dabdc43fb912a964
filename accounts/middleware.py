"""Times on a page are the reader's own; what stands in answers about limits; when a session was used last."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from .access import browsers
from .limits import answers, known_devices


class LimitsMiddleware:
    """Whoever tries too often is told when to come again; where somebody came in, they are known since."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        known_devices.remember(request, response)
        answers.mark(request, response)
        return response


class TimeZoneMiddleware:
    """Activates the signed-in person's time zone and language for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "_auth_user_id" not in request.session:  # decided without loading the person
            timezone.deactivate()
            return self.get_response(request)
        user = request.user
        if user.is_authenticated:
            timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class LastUseMiddleware:
    """Says when a session was used last, every few minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        browsers.used(request)
        return response
