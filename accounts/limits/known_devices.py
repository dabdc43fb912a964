"""A browser in which somebody has signed in before is known to be theirs, by a signed cookie.

What strangers guess from elsewhere is counted apart from what is typed there, so that nobody can keep the
owner of an account out of it by guessing. A new password makes strangers of all browsers.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from ..models import User

COOKIE = "known_device"
AGE_SECONDS = 180 * 24 * 3600
ACCOUNTS_MAX = 5  # that share one browser; the longest ago is forgotten
_SALT = "accounts.limits.known_devices"
_SIGNED_IN = "signed_in_user"  # of a request, for the middleware


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    marks: dict[str, str] = field(default_factory=dict)  # key of a person → mark of their password

    def knows(self, user: User) -> bool:
        return constant_time_compare(self.marks.get(str(user.pk), ""), _mark(user))


def device_of(request: HttpRequest) -> Device:
    """A new one for who has no cookie of ours."""
    try:
        found: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=AGE_SECONDS)
        return Device(**found)
    except signing.BadSignature:
        return Device(get_random_string(16))


def has_signed_in(request: HttpRequest, user: User) -> None:
    setattr(request, _SIGNED_IN, user)


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Gives the cookie to the browser in which somebody signed in during this request."""
    user = getattr(request, _SIGNED_IN, None)
    if user is None:
        return
    device = device_of(request)
    others = [(pk, mark) for pk, mark in device.marks.items() if pk != str(user.pk)]
    marks = dict([*others, (str(user.pk), _mark(user))][-ACCOUNTS_MAX:])
    response.set_cookie(
        COOKIE,
        signing.dumps({"name": device.name, "marks": marks}, salt=_SALT),
        max_age=AGE_SECONDS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _mark(user: User) -> str:
    return salted_hmac(_SALT, f"{user.pk} {user.get_session_auth_hash()}", algorithm="sha256").hexdigest()[
        :16
    ]
