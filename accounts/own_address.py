"""An address of one's own, proven by the code that stands in the mail beside the link.

For an app, which follows no links, and for whoever reads their mail on another device. Kept and judged as the
codes of `phones.codes`, each for one person and one address: it proves no other, and nobody else's. Once the
address is proven, by code or by link, neither is good any more.
"""

from allauth.account.adapter import get_adapter
from allauth.account.managers import EmailAddressManager
from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.http import HttpRequest

from .by_mail import wrong
from .limits import attempts
from .limits.attempts import Whose
from .limits.whose import address_of
from .models import User
from .phones import codes


def install() -> None:
    """allauth takes an address that is not proven for one that is to replace it: where another was named it
    would go at once, and the account have none.
    """
    EmailAddressManager.get_new = _get_new


def new_code(address: EmailAddress) -> str:
    """As it is read; the one before is worth nothing from now on."""
    code = str(get_adapter().generate_email_verification_code())
    codes.new(_purpose(address.user), address.email, code=codes.bare(code))
    return code


def waiting(user: User) -> QuerySet[EmailAddress]:
    """Those that are not proven yet: their own, or the one that is to take its place."""
    found: QuerySet[EmailAddress] = EmailAddress.objects.filter(user=user, verified=False).order_by("pk")
    return found


def prove(request: HttpRequest, user: User | None, code: str) -> EmailAddress:
    """The address that it proves. Raises ValidationError for any other code, and TooOftenError.

    Nobody is whoever signs up with the address of somebody else, and is told nothing else than others are.
    """
    attempts.attempt("guess_mail_code", Whose(ip=address_of(request)))
    for address in waiting(user) if user else ():
        is_right = codes.judge(_purpose(address.user), address.email, codes.bare(code))
        if is_right and get_adapter(request).confirm_email(request, address):
            return address
    raise wrong()


def _get_new(self: EmailAddressManager, user: User) -> EmailAddress | None:
    return waiting(user).exclude(email__iexact=user.email).last()


def _purpose(user: User) -> str:
    return f"prove an address of {user.pk}"
