from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def group_list(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@login_required
def new_group(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@login_required
def group_page(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")
