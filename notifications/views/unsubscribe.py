from typing import Any

from django.http import HttpRequest, HttpResponse


def unsubscribe(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()
