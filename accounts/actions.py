"""Every write on accounts that is ours; pages go through allauth, which ends in the same signals."""

import re
from typing import Any

from allauth.account.signals import user_signed_up
from django.contrib.auth import authenticate, password_validation
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _
from knox.models import AuthToken

from notifications.transactions import acting

from .models import USERNAME_LENGTH, User


def free_username(email: str) -> str:
    """A username from the email's local part that nobody has: ana, ana-2, ana-3 …"""
    local = email.partition("@")[0]
    base = (
        re.sub(r"[^A-Za-z0-9_-]+", "-", slugify(local)).strip("-")[: USERNAME_LENGTH - 6].lower() or "member"
    )
    taken = {
        name.lower()
        for name in User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    }
    return next(
        name for n in range(1, len(taken) + 2) if (name := base if n == 1 else f"{base}-{n}") not in taken
    )


def sign_up(request: HttpRequest, *, name: str, email: str, password: str) -> tuple[User, str]:
    """Make an account; answers with it and a first token. Raises ValidationError by field."""
    email = email.strip().lower()
    validate_email(email)
    user = User(username=free_username(email), name=" ".join(name.split()), email=email)
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    with acting():
        try:
            user.full_clean()
            user.save()
        except IntegrityError as error:  # another request took the address a moment ago
            raise ValidationError({"email": _("Somebody has this address already.")}) from error
        user_signed_up.send(sender=User, request=request, user=user)
        _token, secret = AuthToken.objects.create(user=user)
    return user, secret


def sign_in(request: HttpRequest, *, email: str, password: str) -> tuple[User, str] | None:
    """A new token for whoever has these credentials; None where nobody has. Takes as long either way."""
    user = authenticate(request, email=email, password=password)
    if user is None or not isinstance(user, User):
        return None
    with acting():
        _token, secret = AuthToken.objects.create(user=user)
        user_logged_in.send(sender=User, request=request, user=user)
    return user, secret


def sign_out(token: AuthToken) -> None:
    with acting():
        token.delete()


def edit_profile(user: User, **changes: Any) -> User:
    """Change name, username, bio, time_zone or language. Raises ValidationError by field."""
    unknown = changes.keys() - {"name", "username", "bio", "time_zone", "language"}
    if unknown:
        raise ValueError(f"not a person's to change: {', '.join(sorted(unknown))}")
    for field, value in changes.items():
        setattr(user, field, value)
    with acting():
        user.full_clean(exclude={"password", "email"})
        user.save(update_fields=list(changes))
    return user
