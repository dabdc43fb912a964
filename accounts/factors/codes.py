"""What is typed at the second step: a code of the app, or one of those that were written down.

Guesses are counted before they are judged, by address and by account; from a browser in which the owner came
in before apart from everybody else, so that a stranger who knows the password cannot keep them out. Thirty a
day at an account, of a million codes of which three are right, is what a stranger gets.
"""

import logging
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.core.internal.ratelimit import Rate
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.http import HttpRequest

from notifications.transactions import acting

from ..limits import attempts
from ..limits.attempts import TooOftenError, Whose
from ..limits.known_devices import device_of
from ..limits.whose import address_of
from ..models import User

logger = logging.getLogger(__name__)

ACTION = "second_factor"
ONCE = Rate(amount=1, duration=300, per="key")  # longer than any code of an app is right
TYPED = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def judge(request: HttpRequest, user: User, code: str) -> Authenticator | None:
    """Whose code it is, which it is once. Outside of any transaction. Raises TooOftenError."""
    counted = attempts.attempt(ACTION, _whose(request, user))
    found = list(Authenticator.objects.filter(user=user, type__in=TYPED).order_by("-type"))  # the app first
    for factor in found:
        factor.user = user
        if _is_right(factor, code):
            counted.rollback()
            return factor
    if found:
        signals.authentication_failed.send(
            sender=Authenticator, request=request, user=user, authenticator=found[0], reauthentication=False
        )
    return None


def is_of(secret: str, code: str) -> bool:
    """Whether an app that was given this secret shows this code now."""
    return bool(validate_totp_code(secret, code))


def use_up(user: User, code: str) -> bool:
    """False for a code of an app that was used before: whoever looked over a shoulder has nothing of it."""
    try:
        attempts.count("code_used", ONCE, f"{user.pk} {normalize_user_code(code)}")
    except TooOftenError:
        return False
    return True


def _is_right(factor: Authenticator, code: str) -> bool:
    try:
        if factor.type == Authenticator.Type.TOTP:
            return is_of(decrypt(factor.data["secret"]), code) and use_up(factor.user, code)
        with acting():
            return bool(factor.wrap().validate_code(code))
    except InvalidToken:
        logger.exception("a second factor cannot be read: was SECRET_KEY replaced without a fallback?")
        return False


def _whose(request: HttpRequest, user: User) -> Whose:
    device = device_of(request)
    session: Any = getattr(request, "user", None)
    if session == user:
        return Whose(key=f"session of {user.pk}")
    if device.knows(user):
        return Whose(key=f"browser {device.name} {user.pk}")
    return Whose(ip=address_of(request), key=str(user.pk))
