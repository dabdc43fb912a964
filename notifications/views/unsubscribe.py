"""The way out of mails: works signed out and without cookies, and for mail programs by itself (RFC 8058)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ..outgoing.unsubscribing import is_known, read_token, set_email


@csrf_exempt  # a mail program has no cookie; the signed token says who asks for what
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks; POST switches off, or with `again` on. Says nothing of whose link it is, signs nobody in."""
    found = read_token(token)
    if found is None or not is_known(found[0]):
        raise Http404
    user_id, category = found
    state = "asked"
    if request.method == "POST":
        state = "on" if "again" in request.POST else "off"
        set_email(user_id, category, enabled=state == "on")
    # Without the request, so that the page neither reads a session nor sets a cookie.
    page = render_to_string("notifications/unsubscribe.html", {"category": category, "state": state})
    return HttpResponse(page)
