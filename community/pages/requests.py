"""What the community's pages know of a request."""

from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class PageRequest(HttpRequest):
    htmx: HtmxDetails


class SignedInRequest(PageRequest):
    """What a view behind `login_required` gets."""

    user: User


def id_in_query(request: HttpRequest, name: str) -> int:
    """The id under this name in the address; 0, which nothing has, where there is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def is_opened_by_a_person(request: PageRequest) -> bool:
    """Whether this GET shows the page to somebody: no part of a page, no fetching ahead, no HEAD."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and not request.htmx and "prefetch" not in ahead


def see_other(url: str) -> HttpResponse:
    """After a POST: whatever it did, reload and Back do not do it again."""
    return HttpResponse(status=303, headers={"Location": url})
