"""Every write on accounts that is ours; pages go through allauth, which ends in the same signals."""

import re
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmation_sent, user_signed_up
from allauth.core import ratelimit
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.models import AuthToken

import audit
from notifications.transactions import acting

from .factors import entering
from .happenings import describing
from .limits import attempts, guesses
from .limits.attempts import Whose
from .limits.whose import address_of
from .models import USERNAME_LENGTH, User, language_in_use

WORDS = ("name", "username", "bio")  # what others read of somebody
_TAKEN = gettext_lazy("This address cannot be used. If it is yours, sign in, or ask for a new password.")


def free_username(email: str) -> str:
    """A username from the email's local part that nobody has: ana, ana-2, ana-3 …"""
    local = email.partition("@")[0]
    base = (
        re.sub(r"[^A-Za-z0-9_-]+", "-", slugify(local.replace(".", "-")))
        .strip("-")[: USERNAME_LENGTH - 6]
        .lower()
        or "member"
    )
    taken = {
        name.lower()
        for name in User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    }
    return next(
        name for n in range(1, len(taken) + 2) if (name := base if n == 1 else f"{base}-{n}") not in taken
    )


def sign_up(request: HttpRequest, *, name: str, email: str, password: str) -> tuple[User, str]:
    """Make an account; answers with it and a first token. Raises ValidationError by field, or TooOftenError.

    A token cannot be had for an address that is taken, so here an address can be tried, but few an hour from
    one place: after those none is answered, taken or not. Its owner is told each time.
    """
    whose = Whose(ip=address_of(request))
    attempts.check("signup_taken", whose)
    attempts.attempt("signup", whose)
    email = email.strip().lower()
    validate_email(email)
    user = User(
        username=free_username(email),
        name=" ".join(name.split()),
        email=email,
        language=language_in_use(),
        last_login=timezone.now(),
    )
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    if User.objects.filter(Q(email__iexact=email) | Q(emailaddress__email__iexact=email)).exists():
        attempts.attempt("signup_taken", whose)
        if ratelimit.consume(request, action="confirm_email", key=email):
            get_adapter().send_account_already_exists_mail(email)
        raise ValidationError({"email": _TAKEN})
    user.set_password(password)
    with acting():
        try:
            user.full_clean()
            user.save()
        except IntegrityError as error:  # another request took the address a moment ago
            raise ValidationError({"email": _TAKEN}) from error
        user_signed_up.send(sender=User, request=request, user=user)
        _token, secret = AuthToken.objects.create(user=user)
    return user, secret


def sign_in(request: HttpRequest, *, email: str, password: str) -> tuple[User, str] | None:
    """A new token for whoever has these credentials; None where nobody has. Takes as long either way.

    Raises Throttled, and SecondFactorNeeded for whoever has set one up.
    """
    user = guesses.judge(request, email=email, password=password)
    if user is None or not user.is_active:
        return None
    return entering.come_in(request, user)


def sign_out(token: AuthToken) -> None:
    with acting():
        token.delete()
        audit.record(audit.SIGN_OUT, actor=token.user, target=token.user)


def edit_profile(user: User, **changes: Any) -> User:
    """Change name, username, bio, time_zone or language. Raises ValidationError by field."""
    unknown = changes.keys() - {"name", "username", "bio", "time_zone", "language"}
    if unknown:
        raise ValueError(f"not a person's to change: {', '.join(sorted(unknown))}")
    for field, value in changes.items():
        setattr(user, field, value)
    taken = ValidationError({"username": _("Somebody has this username already.")})
    with acting():
        if User.objects.exclude(pk=user.pk).filter(username__iexact=user.username).exists():
            raise taken
        user.full_clean(exclude={"password", "email"})
        said = {field: text for field, text in changes.items() if field in WORDS}
        describing.send(sender=User, user=user, fields=said)
        try:
            user.save(update_fields=list(changes))
        except IntegrityError as error:  # another request took the name a moment ago
            raise taken from error
    return user


def send_verification(request: HttpRequest, user: User) -> bool:
    """Mail a link that proves the address; False where it is proven already.

    Asked again within minutes, it sends nothing: the link in the first mail is still good. Raises
    OSError where the mail server does not take it.
    """
    others = EmailAddress.objects.filter(user=user, primary=True)
    with acting():
        address, _created = EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"primary": not others.exists()}
        )
    if address.verified:
        return False
    if ratelimit.consume(request, action="confirm_email", key=user.email.lower()):
        confirmation = address.send_confirmation(request)
        email_confirmation_sent.send(
            sender=type(confirmation), request=request, confirmation=confirmation, signup=False
        )
    return True
