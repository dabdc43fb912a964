"""How often somebody may try. These limits stay on when the general ones (RATE_LIMITS) are off.

An attempt is counted before it is judged, so that many at once cannot slip through together. The rates
are REST framework's ("sign-in": "10/min"); the counters live in Django's cache.
"""

import hashlib
import ipaddress
import time
import unicodedata
from collections.abc import Sequence
from contextlib import suppress

from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle


def count_attempt(scope: str, *whose: str) -> None:
    """One more attempt, on each of these counts. Raises Throttled where that is one too many."""
    rate = _rate_of(scope)
    if rate is None:
        return
    allowed, seconds = rate
    too_many = [key for key in _keys(scope, whose) if _increment(key, seconds) > allowed]
    if too_many:
        raise Throttled(wait=max(_seconds_left(key, seconds) for key in too_many))


def forgive_attempt(scope: str, *whose: str) -> None:
    """It was rightful: take it off the counts."""
    if _rate_of(scope):
        for key in _keys(scope, whose):
            with suppress(ValueError):  # its time ended meanwhile
                cache.decr(key)


def address_of(request: Request) -> str:
    """Where the request comes from; of IPv6 the network, which is one household's."""
    ident = BaseThrottle().get_ident(request) or ""
    try:
        address = ipaddress.ip_address(ident)
    except ValueError:
        return ident
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def account_of(email: str) -> str:
    """The same for every spelling that could mean one account."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


class _Rate(SimpleRateThrottle):
    """REST framework's reading of “10/min”."""

    rate = "1/s"


def _rate_of(scope: str) -> tuple[int, int] | None:
    """How many in how many seconds; None where there is no limit."""
    rate = api_settings.DEFAULT_THROTTLE_RATES.get(scope)
    allowed, seconds = _Rate().parse_rate(str(rate) if rate else None)
    return (allowed, seconds) if allowed is not None and seconds is not None else None


def _keys(scope: str, whose: Sequence[str]) -> list[str]:
    return [f"attempts:{scope}:{hashlib.sha256(who.encode()).hexdigest()}" for who in whose]


def _increment(key: str, seconds: int) -> int:
    """A count lives for so many seconds after its first attempt."""
    if cache.add(key, 0, timeout=seconds):
        cache.set(f"{key}:since", time.time(), timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # its time ended at this moment
        cache.set(key, 1, timeout=seconds)
        return 1


def _seconds_left(key: str, seconds: int) -> float:
    since = cache.get(f"{key}:since", time.time())
    return max(1.0, float(since) + seconds - time.time())
