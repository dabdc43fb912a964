from typing import Any

from django.http import HttpRequest, HttpResponse


def edit_preferences(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()
