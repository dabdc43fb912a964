"""Passwords are guessed at one door, whichever page or address of the API it is tried from.

An attempt is counted by address and by what was typed as the account. Somebody may know an account by its
username and by its email address; together they get no more tries, but nobody learns that the two are one:
beyond the limit of the account no password is right, and the answer is that of a wrong one.

From a browser that is known, and of a session that is open, the owner is counted apart from everybody else.
"""

from secrets import token_urlsafe
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import authenticate
from django.db.models import Q
from django.http import HttpRequest

from ..models import User
from . import attempts
from .attempts import TooOftenError, Whose
from .known_devices import device_of
from .whose import account_of, address_of

ACTION = "login_failed"


def judge(request: HttpRequest, *, password: str, **names: str) -> User | None:
    """Whose password it is, in as much time whether there is such a person or not. Raises TooOftenError.

    Also somebody who may not come in, where it is theirs: allauth says so to them alone.
    """
    # By one name only: with two, Django and allauth check the password of a known email address more often.
    name = "email" if names.get("email") else "username"
    login = names.get(name) or ""
    account = _account(login)
    counted = [attempts.attempt(ACTION, _whose(request, login, account))]
    if not _is_owners(request, account):
        try:
            of = f"all names of {account.pk}" if account else f"no names of {account_of(login)}"
            counted.append(attempts.attempt(ACTION, Whose(key=of)))
        except TooOftenError:
            password = token_urlsafe()
    AuthenticationBackend.unstash_authenticated_user()
    user = authenticate(request, password=password, **{name: login})
    user = user or AuthenticationBackend.unstash_authenticated_user()
    if not isinstance(user, User):
        return None
    for attempt in counted:
        attempt.rollback()
    return user


def _whose(request: HttpRequest, login: str, account: User | None) -> Whose:
    if account and _is_owners(request, account):
        session: Any = getattr(request, "user", None)
        own = f"session of {account.pk}" if session == account else f"browser {device_of(request).name}"
        return Whose(key=f"{own} {account.pk}")
    return Whose(ip=address_of(request), key=account_of(login))


def _is_owners(request: HttpRequest, account: User | None) -> bool:
    if account is None:
        return False
    return getattr(request, "user", None) == account or device_of(request).knows(account)


def _account(login: str) -> User | None:
    by_any_name = Q(username__iexact=login) | Q(email__iexact=login)
    return User.objects.filter(by_any_name | Q(emailaddress__email__iexact=login)).order_by("pk").first()
