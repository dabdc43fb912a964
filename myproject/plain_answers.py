"""What answers say to browsers that no middleware sees: the stream's, and refusals before Django is asked."""

from functools import cache

from .middleware import PERMISSIONS

Header = tuple[bytes, bytes]


@cache
def safe_headers() -> tuple[Header, ...]:
    """The rules of every other answer. Nothing of it is a page, so nothing of it may load or run anything."""
    from django.conf import settings

    said = {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": settings.SECURE_REFERRER_POLICY,
        "cross-origin-opener-policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "permissions-policy": PERMISSIONS,
    }
    if settings.SECURE_HSTS_SECONDS:  # browsers heed it where it came by TLS
        said["strict-transport-security"] = (
            f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        )
    return tuple((name.encode(), value.encode()) for name, value in said.items())
