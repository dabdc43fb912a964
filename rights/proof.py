"""That whoever asks owns the account, and is not somebody at their open browser or with their token."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.limits import guesses
from accounts.models import User


def prove(request: HttpRequest, user: User, password: str) -> None:
    """Raises ValidationError on `password`; Throttled for whoever guesses."""
    if not user.has_usable_password():
        raise ValidationError({"password": _("Your account has no password yet. Choose one first.")})
    if guesses.judge(request, username=user.username, password=password) != user:
        raise ValidationError({"password": _("This is not your password.")})
