"""The envelope sender of each mail: where what becomes of it is reported to (VERP).

    bounce+<delivery>-<seal>@lists.example

A report says of itself whom it is about, and anybody may write one. This address is signed for one mail
and whom it went to, so that nobody makes one, and it says nothing of whoever has another address by now.
"""

import re
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.crypto import constant_time_compare

from ..models import Delivery
from .addresses import GOOD_FOR, in_base, number_of, seal_of

_SALT = "notifications.bounce"
_TOKEN = re.compile(r"([0-9a-z]{1,13})-([0-9a-z]{16})")  # two parts: those of answers have three


def is_on() -> bool:
    return bool(settings.BOUNCE_ADDRESS)


def sent_from(message: EmailMultiAlternatives, delivery: Delivery) -> EmailMultiAlternatives:
    """The same, with an envelope sender of its own. Whom it is from stays as it was.

    A provider's API has its own; it gets the number, by which it tells of the mail.
    """
    if settings.EMAIL_BACKEND.startswith("anymail."):
        message.metadata = {"delivery": str(delivery.pk)}  # type: ignore[attr-defined] # the library's
    elif is_on():
        message.extra_headers.setdefault("From", message.from_email)
        message.from_email = bounce_address(delivery, message.to[0])
    return message


def bounce_address(delivery: Delivery, address: str) -> str:
    name, _at, host = settings.BOUNCE_ADDRESS.partition("@")
    pk = in_base(delivery.pk)
    return f"{name}+{pk}-{seal_of(_sealed(pk, address), settings.SECRET_KEY, salt=_SALT)}@{host}"


def token_in(address: str) -> str | None:
    """What stands behind the plus, perhaps nothing; None where it is not our address for reports."""
    if not is_on():
        return None
    local, _at, host = address.strip("<> ").lower().rpartition("@")
    name, _at, our_host = settings.BOUNCE_ADDRESS.lower().partition("@")
    given, _plus, token = local.partition("+")
    return token if (given, host) == (name, our_host) else None


def is_token(token: str) -> bool:
    return bool(_TOKEN.fullmatch(token))


def read(token: str, now: datetime) -> Delivery | None:
    """The mail that it was for; None where the site did not make it, or where it is too late to matter."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    pk, seal = found.groups()
    delivery = Delivery.objects.select_related("recipient").filter(pk=number_of(pk)).first()
    if delivery is None or (delivery.ended_at or delivery.created_at) < now - GOOD_FOR:
        return None
    sealed = _sealed(pk, address_of(delivery))
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_ours = any(constant_time_compare(seal, seal_of(sealed, key, salt=_SALT)) for key in keys)
    return delivery if is_ours else None


def address_of(delivery: Delivery) -> str:
    """As of now."""
    return delivery.address or (delivery.recipient.email.lower() if delivery.recipient else "")


def _sealed(pk: str, address: str) -> str:
    return f"{pk}-{address.lower()}"
