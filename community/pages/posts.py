from django.http import HttpRequest, HttpResponse


def feed(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


def new_post(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


def post_image(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


def show_post(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


def edit_post(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


def delete_post(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()
