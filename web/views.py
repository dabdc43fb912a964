from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from web import theme
from web.styleguide import example_context


@require_POST
def switch_theme(request: HttpRequest) -> HttpResponse:
    """Remembers light, dark or auto. A script asks for JSON and needs no page back."""
    choice = request.POST.get("theme", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    wants_page = "text/html" in request.headers.get("Accept", "text/html")
    if choice not in theme.THEMES:
        return HttpResponse(status=400)
    response = redirect(back) if wants_page else HttpResponse(status=204)
    response.set_cookie(
        theme.COOKIE_NAME,
        choice,
        max_age=theme.COOKIE_AGE_SECONDS,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response


@require_GET
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    if not getattr(request.user, "is_staff", False):
        raise PermissionDenied
    return render(request, "styleguide/index.html", example_context())
