"""What stands in links of mails: signed, without an account. Opening one changes nothing."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from .models import Edition, Subscriber

CONFIRM_WITHIN = timedelta(days=7)
_confirm = signing.TimestampSigner(salt="newsletter.confirm")
_end = signing.Signer(salt="newsletter.end")


def confirm_url(subscriber: Subscriber) -> str:
    return _whole("confirm-subscription", _confirm.sign(str(subscriber.pk)))


def read_confirm(token: str) -> int | None:
    """Whose link it is; None for one that this site did not make, or made too long ago."""
    try:
        return int(_confirm.unsign(token, max_age=CONFIRM_WITHIN))
    except (signing.BadSignature, ValueError):
        return None


def end_url(subscriber_id: int, edition: Edition) -> str:
    return _whole("end-subscription", _end.sign(f"{subscriber_id}.{edition.pk}"))


def read_end(token: str) -> tuple[int, int] | None:
    """Whose link it is, and of which edition."""
    try:
        subscriber_id, edition_id = _end.unsign(token).split(".")
        return int(subscriber_id), int(edition_id)
    except (signing.BadSignature, ValueError):
        return None


def _whole(name: str, token: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[token])}"
