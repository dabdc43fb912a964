from django.http import HttpRequest, HttpResponse


def new_comment(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


def edit_comment(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


def delete_comment(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()
