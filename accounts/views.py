from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def profile(request: HttpRequest, username: str) -> HttpResponse:
    return render(request, "base.html")


@login_required
def edit_profile(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")
