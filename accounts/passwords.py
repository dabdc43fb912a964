"""Passwords by the API: changed by whoever knows the old one, or chosen anew with a code that is mailed.

At the pages allauth does it, by a link. Both end in `AccountAdapter.set_password`, which ends what was open,
and are told of by the same mails.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset import finalize_password_reset
from allauth.account.signals import password_changed
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from knox.models import AuthToken

from notifications.transactions import acting

from . import by_mail
from .access.holding import hold
from .limits import attempts, guesses
from .limits.attempts import Whose
from .limits.whose import address_of
from .models import User
from .phones import codes

RESET = "choose a new password"


def change(
    request: HttpRequest, user: User, *, current_password: str, new_password: str, by_token: bool
) -> str | None:
    """All that was open ends, and goes on under another key where it was asked for: a session does, and for a
    token there is a new one. Raises ValidationError by field, and TooOftenError.
    """
    attempts.attempt("change_password", Whose(user=str(user.pk)))
    if guesses.judge(request, username=user.username, password=current_password) != user:
        raise _not_theirs()
    _check(new_password, user)
    try:
        get_adapter(request).set_password(user, new_password)
    except ImmediateHttpResponse as error:  # it was replaced at the same moment
        raise _not_theirs() from error
    token = _another_token(user) if by_token else None
    if not by_token:
        update_session_auth_hash(request, user)
    get_adapter(request).send_notification_mail("account/email/password_changed", user)
    password_changed.send(sender=User, request=request, user=user)
    return token


def ask_for_code(request: HttpRequest, email: str) -> None:
    """The same is done for an address that nobody has. Raises as `by_mail.send` does."""
    by_mail.send(request, email, RESET, mail="password_reset_code", action="reset_password")


def choose_anew(request: HttpRequest, *, email: str, code: str, new_password: str) -> None:
    """With a code that was mailed. Raises ValidationError by field, the same for any other code, whoever's
    address it is; and TooOftenError.
    """
    email, code = by_mail.tidy(email), codes.bare(code)
    attempts.attempt("guess_mail_code", Whose(ip=address_of(request)))
    _check(new_password, None)
    user = by_mail.whose(email)
    if not codes.judge(RESET, email, code) or user is None:
        raise by_mail.wrong()
    try:
        _check(new_password, user)  # who they are is told to nobody but them
    except ValidationError:
        codes.new(RESET, email, code=code)
        raise
    try:
        get_adapter(request).set_password(user, new_password)
    except ImmediateHttpResponse as error:
        raise by_mail.wrong() from error
    finalize_password_reset(request, user, email)


def _another_token(user: User) -> str:
    with acting():
        if hold(user).password != user.password:
            raise _not_theirs()
        _token, secret = AuthToken.objects.create(user=user)
    return str(secret)


def _not_theirs() -> ValidationError:
    return ValidationError({"current_password": _("This is not your password.")})


def _check(new_password: str, user: User | None) -> None:
    try:
        get_adapter().clean_password(new_password, user=user)
    except ValidationError as error:
        raise ValidationError({"new_password": error.messages}) from error
