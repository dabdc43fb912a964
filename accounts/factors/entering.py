"""The one way to a token of the API.

Whoever has a second factor and has proven one thing (a password, or a code that was sent) gets a challenge
instead: signed, good for five minutes and one sign-in, and only while their password stays what it is.
"""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from allauth.core.internal.ratelimit import Rate
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed

from notifications.transactions import acting

from ..access.holding import hold
from ..limits import attempts
from ..limits.attempts import TooOftenError
from ..models import User
from . import codes
from .actions import factors_of

AGE_SECONDS = 300
_SALT = "accounts.factors.entering"
_ONCE = Rate(amount=1, duration=2 * AGE_SECONDS, per="key")


class SecondFactorNeeded(AuthenticationFailed):
    """401, and what to send with the code."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.detail: Any = {
            "detail": _("A second step is needed: a code of your app, or one that you wrote down."),
            "mfa_required": True,
            "challenge": _challenge(user),
        }


@dataclass(frozen=True, slots=True)
class _Challenge:
    user: User
    number: str


def come_in(request: HttpRequest, user: User) -> tuple[User, str]:
    """A token for whoever has proven one thing. Raises SecondFactorNeeded where that is not enough."""
    if factors_of(user).exists():
        raise SecondFactorNeeded(user)
    return _let_in(request, user)


def confirm(request: HttpRequest, challenge: str, code: str) -> tuple[User, str] | None:
    """A token; None for a wrong code. Raises ValidationError for a challenge that is over; TooOftenError."""
    read = _read(challenge)
    factor = codes.judge(request, read.user, code)
    if factor is None:
        return None
    try:
        attempts.count("challenge_used", _ONCE, read.number)
    except TooOftenError as error:
        raise _over() from error
    with acting():
        factor.record_usage()
        signals.authenticator_used.send(
            sender=Authenticator, request=request, user=read.user, authenticator=factor
        )
        return _let_in(request, read.user)


def _let_in(request: HttpRequest, user: User) -> tuple[User, str]:
    with acting():
        held = hold(user)
        if held.password != user.password or not held.is_active:
            raise AuthenticationFailed  # all was ended between what they proved and now
        _token, secret = AuthToken.objects.create(user=user)
        user_logged_in.send(sender=User, request=request, user=user)
    return user, secret


def _challenge(user: User) -> str:
    words = {"user": user.pk, "mark": _mark(user), "number": token_urlsafe(12)}
    return signing.dumps(words, salt=_SALT)


def _read(challenge: str) -> _Challenge:
    try:
        words = signing.loads(challenge, salt=_SALT, max_age=AGE_SECONDS)
    except signing.BadSignature as error:
        raise _over() from error
    user = User.objects.filter(pk=words["user"], is_active=True).first()
    if user is None or not constant_time_compare(words["mark"], _mark(user)):
        raise _over()
    return _Challenge(user, words["number"])


def _mark(user: User) -> str:
    return salted_hmac(_SALT, user.get_session_auth_hash(), algorithm="sha256").hexdigest()[:16]


def _over() -> ValidationError:
    return ValidationError({"challenge": _("This took too long, or was used already. Sign in again.")})
