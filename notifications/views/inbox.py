from typing import Any

from django.http import HttpRequest, HttpResponse


def show_inbox(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


def read_all(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


def unread_all(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


def open_item(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


def read(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


def unread(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


def delete(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


def restore(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()
