"""A number of one's own: proven by a code that is sent to it, and taken away again."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from notifications.transactions import acting

from ..access.holding import hold_by
from ..limits import attempts
from ..limits.attempts import Whose
from ..limits.whose import address_of
from ..models import User
from . import codes, texting
from .actions import tidy, wrong

PROVEN = audit.register(
    "phone_proven", gettext_lazy("proved a phone number"), own=gettext_lazy("You proved a phone number.")
)
REMOVED = audit.register(
    "phone_removed",
    gettext_lazy("removed the phone number"),
    own=gettext_lazy("You removed your phone number."),
)


def ask(request: HttpRequest, user: User, phone: str) -> str:
    """The number as it will be stored. Raises ValidationError by field, and TooOftenError."""
    phone = tidy(phone)
    attempts.attempt("change_phone", Whose(user=str(user.pk)))
    attempts.attempt("verify_phone", Whose(ip=address_of(request), key=phone))
    code, until = codes.new(_purpose(user), phone)
    texting.send_later(code, until, phone, lambda: user)
    return phone


def prove(request: HttpRequest, user: User, phone: str, code: str, *, now: datetime | None = None) -> None:
    """From now on it is theirs. Who merely wrote it down before loses it. Raises ValidationError by field."""
    attempts.attempt("guess_phone_code", Whose(ip=address_of(request)))
    if not codes.judge(_purpose(user), phone, code):
        raise wrong()
    taken = ValidationError({"otp": _("Somebody has this number already.")})
    others = User.objects.filter(phone=phone).exclude(pk=user.pk)
    try:
        with acting():
            hold_by(request, user)
            others.filter(phone_verified_at=None).update(phone=None)
            if others.exists():
                raise taken
            user.phone, user.phone_verified_at = phone, now or timezone.now()
            user.save(update_fields=["phone", "phone_verified_at"])
            audit.record(PROVEN, actor=user, target=user)
    except IntegrityError as error:  # another request took it a moment ago
        raise taken from error


def remove(user: User) -> None:
    with acting():
        user.phone, user.phone_verified_at, user.urgent_by_sms = None, None, False
        user.save(update_fields=["phone", "phone_verified_at", "urgent_by_sms"])
        audit.record(REMOVED, actor=user, target=user)


def take_back(user: User, since: datetime) -> bool:
    """In the caller's transaction: whether there was a number that was proven from then on."""
    found = User.objects.filter(pk=user.pk, phone_verified_at__gte=since)
    return bool(found.update(phone=None, phone_verified_at=None, urgent_by_sms=False))


def _purpose(user: User) -> str:
    return f"prove for {user.pk}"
