from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST, require_safe

from web import theme
from web.returning import safe_next
from web.styleguide import example_context

PAPER = "#f7f5f0"  # the ground of a page in daylight


@require_POST
def switch_theme(request: HttpRequest) -> HttpResponse:
    """Remembers light, dark or auto. A script asks for JSON and needs no page back."""
    choice = request.POST.get("theme", "")
    wants_page = "text/html" in request.headers.get("Accept", "text/html")
    if choice not in theme.THEMES:
        return HttpResponse(status=400)
    response = redirect(safe_next(request, "/")) if wants_page else HttpResponse(status=204)
    response.set_cookie(
        theme.COOKIE_NAME,
        choice,
        max_age=theme.COOKIE_AGE_SECONDS,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def manifest(request: HttpRequest) -> HttpResponse:
    """How the site stands on a home screen (W3C Web Application Manifest).

    Safari on an iPhone rings for a site only from there.
    """
    icons = [
        ("tower.png", 192, "any"),
        ("tower-512.png", 512, "any"),
        ("tower-maskable-512.png", 512, "maskable"),
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME[:12].strip(),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {
                    "src": static(f"img/{file}"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for file, size, purpose in icons
            ],
        },
        content_type="application/manifest+json",
    )


@require_GET
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    if not getattr(request.user, "is_staff", False):
        raise PermissionDenied
    return render(request, "styleguide/index.html", example_context())
