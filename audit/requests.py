"""The request that is being served: where it comes from, and what is written when it is over."""

import ipaddress
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from myproject.log_fields import KEY

NUMBER = re.compile("[0-9a-f]{32}")


@dataclass(slots=True)
class Served:
    request: HttpRequest
    number: str
    """Shared by all rows of one request, and by its lines in the log."""
    left: list[Callable[[], None]] = field(default_factory=list)
    """What is written in the end, whatever becomes of the transactions until then."""


_served: ContextVar[Served | None] = ContextVar("audit_served", default=None)


def served() -> Served | None:
    return _served.get()


class ServedRequestMiddleware:
    """Behind no other that opens a transaction: what is left for the end must outlive them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        served = Served(request, _number_of(request))
        before = _served.set(served)
        try:
            return self.get_response(request)
        finally:
            _served.reset(before)
            for write in served.left:
                write()


def _number_of(request: HttpRequest) -> str:
    """The name that it has in the log, without hyphens; of its own where somebody called it by words."""
    number = str(request.META.get(KEY, "")).replace("-", "")
    return number if NUMBER.fullmatch(number) else secrets.token_hex(16)


def address_of(request: Any) -> str:
    """Whole, and only where it is one."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return ""


def agent_of(request: Any) -> str:
    return str(request.META.get("HTTP_USER_AGENT", ""))
