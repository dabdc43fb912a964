"""What the pages of the engine know of a request."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets."""

    user: Any  # the engine knows people by AUTH_USER_MODEL alone
    htmx: HtmxDetails


def is_looked_at(request: HttpRequest) -> bool:
    """Whether somebody sees the answer: it is not fetched ahead, and no HEAD."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method != "HEAD" and "prefetch" not in ahead
