"""What codes are good for: coming in by a number that is proven."""

import re

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

import audit
from notifications.transactions import acting

from ..factors import entering
from ..limits import attempts
from ..limits.attempts import Whose
from ..limits.whose import address_of
from ..models import User, is_phone_number
from . import codes, texting

SIGN_IN = "sign in"


def tidy(phone: str) -> str:
    """+491512345678, as it is stored. Raises ValidationError by field."""
    phone = re.sub(r"[\s()/.-]", "", phone)
    phone = re.sub(r"\A00", "+", phone)
    try:
        is_phone_number(phone)
    except ValidationError as error:
        raise ValidationError({"phone": error.messages}) from error
    return phone


def ask_to_sign_in(request: HttpRequest, phone: str) -> None:
    """The same is done for a number that nobody has, but that no text leaves. Raises TooOftenError."""
    phone = tidy(phone)
    attempts.attempt("verify_phone", Whose(ip=address_of(request), key=phone))
    code, until = codes.new(SIGN_IN, phone)
    texting.send_later(code, until, phone, lambda: _whose(phone))


def sign_in(request: HttpRequest, phone: str, code: str) -> tuple[User, str]:
    """A new token. Raises as `prove` does, and SecondFactorNeeded for whoever set one up: the number is the
    first.
    """
    return entering.come_in(request, prove(request, phone, code))


def prove(request: HttpRequest, phone: str, code: str) -> User:
    """Whose it is. Raises ValidationError for any other code, whoever's number it is, and TooOftenError."""
    phone = tidy(phone)
    attempts.attempt("guess_phone_code", Whose(ip=address_of(request)))
    user = _whose(phone)
    if not codes.judge(SIGN_IN, phone, code) or user is None:
        with acting():
            audit.record(audit.SIGN_IN, actor=None, target=user, outcome=audit.REFUSED, reason="text_message")
        raise wrong()
    return user


def _whose(phone: str) -> User | None:
    found = User.objects.filter(phone=phone, phone_verified_at__isnull=False, is_active=True).first()
    # Who said that a sign-in was not theirs comes back by mail: the number may be a thief's.
    return found if found and found.has_usable_password() else None


def wrong() -> ValidationError:
    return ValidationError({"otp": _("This code is wrong, or it is too old. Ask for another.")})
