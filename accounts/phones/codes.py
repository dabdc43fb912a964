"""A code is kept as a keyed hash, judged five times at the most, and good once and for ten minutes.

A guess is counted by the same statement that asks whether one is left, and only then judged: many at once
cannot get more between them. A new code takes the place of the one before, and the rates of new ones
(`verify_phone`) are what bounds the guesses at a number in all: fifty a day, of a million codes.
"""

import secrets
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from notifications.transactions import acting

from ..models import PhoneCode

DIGITS = 6
GUESSES = 5
LIFETIME = timedelta(minutes=10)


def new(purpose: str, to: str, *, code: str = "", now: datetime | None = None) -> tuple[str, datetime]:
    """The code, which is nowhere but in this answer, and until when it is good. Mails bring their own."""
    code = code or f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    until = (now or timezone.now()) + LIFETIME
    key = _key(purpose, to)
    fresh = PhoneCode(key=key, digest=_digest(key, code), guesses=0, expires_at=until)
    with acting():
        PhoneCode.objects.bulk_create(
            [fresh],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["digest", "guesses", "expires_at"],
        )
    return code, until


def judge(purpose: str, to: str, code: str, *, now: datetime | None = None) -> bool:
    """Whether it is the one, which it is once. Outside of any transaction, where the count could be lost."""
    key = _key(purpose, to)
    good = PhoneCode.objects.filter(key=key, expires_at__gt=now or timezone.now())
    with acting():
        if not good.filter(guesses__lt=GUESSES).update(guesses=F("guesses") + 1):
            return False
        return bool(good.filter(digest=_digest(key, code)).update(digest=""))


def bare(code: str) -> str:
    """However one of letters is typed: “kq7 2xm” is KQ7-2XM."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _key(purpose: str, to: str) -> str:
    """Nothing in the table names a number or an address."""
    return salted_hmac("accounts.phones", f"{purpose} {to}", algorithm="sha256").hexdigest()


def _digest(key: str, code: str) -> str:
    return salted_hmac("accounts.phones.codes", f"{key} {code}", algorithm="sha256").hexdigest()
