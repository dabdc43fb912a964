"""Middleware that belongs to the site as a whole."""

import ipaddress
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

LOGIN = "account_login"
PERMISSIONS = "camera=(), geolocation=(), microphone=()"


class ClientAddressMiddleware:
    """`REMOTE_ADDR` is who asks, not the proxy that hands it on.

    A proxy adds at the end of X-Forwarded-For from whom it has a request; what stands before that, anybody
    may have written. Whoever is no proxy of ours is not believed at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._proxies = [ipaddress.ip_network(network.strip()) for network in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._proxies and self._is_proxy(request.META.get("REMOTE_ADDR", "")):
            last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            request.META["REMOTE_ADDR"] = last or request.META.get("REMOTE_ADDR", "")
        return self.get_response(request)

    def _is_proxy(self, address: str) -> bool:
        """An empty one came by a socket of this machine."""
        try:
            return not address or any(ipaddress.ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False


class PermissionsPolicyMiddleware:
    """What no page of the site asks a browser for, none may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class PrivatePagesMiddleware:
    """A page made for a signed-in person is never kept by a shared cache, nor shown after signing out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class HtmxSignInMiddleware:
    """A part of a page is asked for, and the session is over: the whole page goes to sign in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = _for_htmx(request, self.get_response(request))
        patch_vary_headers(response, ("HX-Request",))
        return response


def _for_htmx(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Not the part alone, which would show the form in its place."""
    details = getattr(request, "htmx", None)
    if not details or response.status_code != 302 or not response["Location"].startswith(resolve_url(LOGIN)):
        return response
    here = urlsplit(details.current_url or "/").path
    return HttpResponseClientRedirect(f"{resolve_url(LOGIN)}?{urlencode({'next': here})}")
