"""Links in mails that stop mails: signed, without an account, and nothing happens on a GET."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing

from ..models import Category, NotificationPreference
from ..steering.levels import drop_wishes_for_mail
from ..transactions import acting

_signer = signing.Signer(salt="unsubscribe")


def unsubscribe_url(user: Any, category: Category) -> str:
    return f"{settings.SITE_URL}/notifications/unsubscribe/{_signer.sign(f'{user.pk}.{category}')}/"


def read_token(token: str) -> tuple[int, Category] | None:
    """Whom the link was made for and what it stops; None for a link that this site did not make."""
    try:
        user_id, category = _signer.unsign(token).split(".")
        return int(user_id), Category(category)
    except (signing.BadSignature, ValueError):
        return None


def is_known(user_id: int) -> bool:
    """False for a link that outlived its account."""
    return get_user_model().objects.filter(pk=user_id).exists()


def set_email(user_id: int, category: Category, *, enabled: bool) -> None:
    """Idempotent; holds for mail that is waiting already, which is checked again before it leaves.

    Whoever says no to all of it means it: mail that they asked for of one kind, post or group ends as well.
    """
    with acting():
        if not enabled:
            drop_wishes_for_mail(user_id, category)
        NotificationPreference.objects.update_or_create(
            user_id=user_id, notification_type=category, defaults={"email_enabled": enabled}
        )
