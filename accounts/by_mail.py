"""Coming in by a code that is mailed: as good as a password, and for whoever cannot think of theirs.

allauth keeps such a code readable in the session and counts the guesses there, where many at once get more.
So the codes are those of `phones.codes`: a keyed hash, five guesses however many guess, once, ten minutes.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import verify_email_indirectly
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.utils import filter_users_by_email
from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext as _

import audit
from notifications.transactions import acting

from .access.holding import hold
from .limits import answers, attempts
from .limits.attempts import TooOftenError, Whose
from .limits.whose import address_of
from .models import User
from .phones import codes

SIGN_IN = "sign in by mail"


def ask(request: HttpRequest, email: str) -> None:
    """Raises as `send` does."""
    send(request, email, SIGN_IN, mail="login_code", action="request_login_code")


def send(request: HttpRequest, email: str, purpose: str, *, mail: str, action: str) -> None:
    """A new code. An address that nobody has gets a mail as well, which says so. Raises ValidationError by
    field, TooOftenError, and OSError where the mail server does not take it.
    """
    email = tidy(email)
    if not ratelimit.consume(request, action=action, key=email):
        raise TooOftenError(answers.wait_of(request))
    adapter = get_adapter()
    user, secret = whose(email), str(adapter.generate_login_code())
    codes.new(purpose, email, code=codes.bare(secret))
    if user is None:
        send_unknown_account_mail(request, email)
    else:
        adapter.send_mail(f"account/email/{mail}", email, {"user": user, "code": secret})


def prove(request: HttpRequest, email: str, code: str) -> User:
    """Whose address it is, which is proven by it. Raises ValidationError for any other code, whoever's
    address it is, and TooOftenError.
    """
    email = tidy(email)
    attempts.attempt("guess_mail_code", Whose(ip=address_of(request)))
    user = whose(email)
    if not codes.judge(SIGN_IN, email, codes.bare(code)) or user is None:
        with acting():
            audit.record(audit.SIGN_IN, actor=None, target=user, outcome=audit.REFUSED, reason="code")
        raise wrong()
    with acting():
        hold(user)
        verify_email_indirectly(request, user, email)
    return user


def wrong() -> ValidationError:
    return ValidationError({"code": _("This code is wrong, or it is too old. Ask for another.")})


def tidy(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    return email


def whose(email: str) -> User | None:
    found: list[User] = filter_users_by_email(email, is_active=True, prefer_verified=True)
    return found[0] if found else None
