"""The address to which a mail is answered: whoever has it got the mail.

    reply+<delivery>-<recipient>-<seal>@lists.example

Digits and small letters alone: on the way an address may be written in other letters. It is signed, so
nobody makes one; it names the delivery, whose row says how old it is, for whom it was and about what.
"""

from datetime import timedelta
from email.utils import formataddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from ..models import Delivery

GOOD_FOR = timedelta(days=30)
LOCAL_PART_MAX = 64  # of any address (RFC 5321)
NAME_MAX = 16  # of the settings' local part: with two ids of 64 bits and the seal it still fits
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
_SEAL_LENGTH = 16  # of 36 characters: 82 bits, and each guess is a mail


def is_on() -> bool:
    return bool(settings.REPLY_ADDRESS)


def reply_to(delivery: Delivery) -> str:
    """For the header; empty where mails of this site are not answered."""
    if not is_on() or delivery.pk is None:
        return ""
    name, _at, host = settings.REPLY_ADDRESS.partition("@")
    return formataddr((_("Your answer"), f"{name}+{token(delivery)}@{host}"))


def token(delivery: Delivery) -> str:
    named = f"{in_base(delivery.pk)}-{in_base(delivery.recipient_id or 0)}"
    return f"{named}-{seal_of(named, settings.SECRET_KEY)}"


def token_in(address: str) -> str | None:
    """What stands behind the plus, perhaps nothing; None where it is not an address to answer to."""
    if not is_on():
        return None
    local, _at, host = address.strip().lower().rpartition("@")
    name, _at, our_host = settings.REPLY_ADDRESS.lower().partition("@")
    given, _plus, token = local.partition("+")
    return token if (given, host) == (name, our_host) else None


def read(token: str) -> Delivery | None:
    """The mail that it answers; None where the site did not make it, or all of that is gone."""
    named, _dash, seal = token.lower().rpartition("-")
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(seal, seal_of(named, key)) for key in keys):
        return None
    pk, recipient_id = (number_of(text) for text in named.split("-"))
    # An older backup may have given the number to another person's mail by now.
    return Delivery.objects.filter(pk=pk, recipient_id=recipient_id, event_id__isnull=False).first()


def seal_of(named: str, key: str | bytes, *, salt: str = "notifications.reply") -> str:
    mac = salted_hmac(salt, named, secret=key, algorithm="sha256").digest()
    return in_base(int.from_bytes(mac)).rjust(_SEAL_LENGTH, "0")[-_SEAL_LENGTH:]


def number_of(text: str) -> int:
    return int(text, _BASE)


def in_base(number: int) -> str:
    digits = ""
    while number:
        number, last = divmod(number, _BASE)
        digits = _DIGITS[last] + digits
    return digits or "0"
