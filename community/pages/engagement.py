from django.http import HttpRequest, HttpResponse


def react(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


def bookmark(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()
