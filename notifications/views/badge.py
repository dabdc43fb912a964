from typing import Any

from django.http import HttpRequest, HttpResponse


def show_badge(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()
