"""That whoever asks owns the account, and is not somebody at their open browser or with their token.

One rule for all that changes who comes in, hands out what is kept, or ends the account: by the second factor,
of whoever has one; else by the password, or by a code that is mailed. So nobody needs what they do not have,
and a password that was overheard does not stand in for the second factor. It is asked every five minutes.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core.exceptions import ReauthenticationRequired
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from . import by_mail
from .factors import codes
from .factors.actions import factors_of
from .limits import guesses
from .models import User

View = Callable[..., HttpResponseBase]


def proven(view: View) -> View:
    """Of somebody who is signed in: it is looked at and sent by nobody else."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        insist(request)
        return view(request, *args, **kwargs)

    return page


def proven_when_sent(view: View) -> View:
    """The same where looking at it shows nothing that matters."""
    checked = proven(view)

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (checked if request.method == "POST" else view)(request, *args, **kwargs)

    return page


def insist(request: HttpRequest) -> None:
    """Raises what asks them first, and then goes on with the request as it was sent.

    allauth's own would ask nothing of whoever has neither password nor second factor.
    """
    records = get_authentication_records(request, cast(User, request.user))
    proofs = [float(record["at"]) for record in records if record.get("reauthenticated")]
    if time.time() - max(proofs, default=0) >= app_settings.REAUTHENTICATION_TIMEOUT:
        raise ReauthenticationRequired


def prove_by_mail(request: HttpRequest, user: User, code: str) -> None:
    """In the session: that they read the mail of the account. Raises as `by_mail.prove` does."""
    _prove_by_mail(request, user, code)
    record_authentication(request, user, method="code", email=user.email, reauthenticated=True)


def prove(request: HttpRequest, user: User, *, password: str, code: str) -> None:
    """By the API. Raises ValidationError by field, and TooOftenError for whoever guesses."""
    if factors_of(user).exists():
        if codes.judge(request, user, code) is None:
            raise ValidationError({"code": _("Send a code of your app, or one that you wrote down.")})
    elif code:
        _prove_by_mail(request, user, code)
    elif guesses.judge(request, username=user.username, password=password) != user:
        raise ValidationError({"password": _("This is not your password.")})


def _prove_by_mail(request: HttpRequest, user: User, code: str) -> None:
    if by_mail.prove(request, user.email, code) != user:
        raise ValidationError({"code": _("This address belongs to another account by now.")})
