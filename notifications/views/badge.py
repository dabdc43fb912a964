"""The number on the bell, asked for every few seconds by pages without a stream: one query, no write."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from ..context_processors import badge


@require_safe
@login_required
def show_badge(request: HttpRequest) -> HttpResponse:
    """204 where the page has the number already (`?have=3`), else the bell."""
    unread = badge(request.user)
    if request.GET.get("have") == unread:
        return HttpResponse(status=204)
    # Without the request: no context processor has anything to add to the bell.
    return HttpResponse(render_to_string("components/bell.html", {"unread_badge": unread}))
