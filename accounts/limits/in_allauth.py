"""allauth's own limits, counted where all of them are.

allauth keeps its counts in Django's cache, which on this site is one process's memory, and has no setting for
another place. So the one function that all its limits go through is replaced; a test sees to it that they do.
"""

from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import Rate
from django.http import HttpRequest

from . import answers, attempts
from .attempts import TooOftenError
from .whose import account_of, address_of

MAILS = {"confirm_email", "reset_password", "request_login_code"}  # to one address, together
SILENT = {"confirm_email"}  # the link in the mail before is still good


def install() -> None:
    ratelimit._consume_single_rate = _consume_single_rate
    ratelimit.clear = _clear


def _consume_single_rate(
    request: HttpRequest,
    *,
    app: str,
    action: str,
    rate: Rate,
    key: str | None = None,
    user: Any = None,
    dry_run: bool = False,
    raise_exception: bool = False,
) -> attempts.Counted | None:
    """None where it is not let through."""
    of, counted_as = _of(request, rate, key, user), _counted_as(action, rate)
    try:
        if not dry_run:
            return attempts.count(counted_as, rate, of)
        if seconds := attempts.wait(counted_as, rate, of):
            raise TooOftenError(seconds)
        return attempts.Counted(key="", entry="")
    except TooOftenError as error:
        if action not in SILENT:
            answers.refused(request, error)
        if raise_exception:
            raise RateLimited from error
        return None


def _clear(
    request: HttpRequest,
    *,
    app: str,
    action: str,
    config: dict[str, str] | None = None,
    key: str | None = None,
    user: Any = None,
) -> None:
    """After what was rightful. But for addresses: an account of one's own buys no guesses at others'."""
    for rate in ratelimit.get_rates(app=app, action=action, config=config):
        if rate.per != "ip":
            attempts.forget(_counted_as(action, rate), rate, _of(request, rate, key, user))


def _counted_as(action: str, rate: Rate) -> str:
    return "mail" if rate.per == "key" and action in MAILS else action


def _of(request: HttpRequest, rate: Rate, key: str | None, user: Any) -> str:
    match rate.per:
        case "ip":
            return address_of(request)
        case "user":
            return str((user or request.user).pk)
    return account_of(str(key))
