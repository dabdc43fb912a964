"""Every write on second factors. The audit log hears allauth's signals, in the same transaction."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import audit
from notifications.transactions import acting

from ..access.ending import end_others
from ..access.holding import hold, hold_by
from ..models import User

Type = Authenticator.Type
TAKEN_AWAY = audit.register(
    "second_factor_taken_away",
    _("removed somebody's second factor"),
    own=_("Staff removed a way to prove that it is you."),
)
_SHOWN_UNTIL = "recovery_codes_shown_until"  # of a session
SHOWN = timedelta(minutes=10)
PASSKEYS_MAX = 20  # of one person


def factors_of(user: User) -> "QuerySet[Authenticator]":
    """What somebody set up; the codes that were written down go along with it."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user)
    return found.exclude(type=Type.RECOVERY_CODES).order_by("pk")


def passkeys_of(user: User) -> "QuerySet[Authenticator]":
    return factors_of(user).filter(type=Type.WEBAUTHN)


def may_add(user: User) -> bool:
    """Not before the address is proven: else its true owner never came into what somebody else made of it."""
    return bool(EmailAddress.objects.filter(user=user, email=user.email.lower(), verified=True).exists())


def turn_on_app(request: HttpRequest, user: User, secret: str) -> None:
    """Whoever has confirmed it twice has one."""
    with acting():
        hold_by(request, user)
        if factors_of(user).filter(type=Type.TOTP).exists():
            return
        _added(request, user, TOTP.activate(user, secret).instance)
        _tell(user, "totp_activated")


def add_passkey(request: HttpRequest, user: User, name: str, credential: dict[str, Any]) -> bool:
    """False where there are enough of them."""
    with acting():
        hold_by(request, user)
        if passkeys_of(user).count() >= PASSKEYS_MAX:
            return False
        _added(request, user, WebAuthn.add(user, name, credential).instance)
        _tell(user, "webauthn_added")
    return True


def rename_passkey(passkey: Authenticator, name: str) -> None:
    with acting():
        held = Authenticator.objects.select_for_update().get(pk=passkey.pk)
        held.data["name"] = name
        held.save(update_fields=["data"])


def remove(request: HttpRequest, factor: Authenticator) -> None:
    """With the last one go the codes on paper."""
    user = factor.user
    with acting():
        hold_by(request, user)
        gone, _rows = factors_of(user).filter(pk=factor.pk).delete()
        if not gone:
            return
        _drop_codes_of_none(user)
        signals.authenticator_removed.send(
            sender=Authenticator, request=request, user=user, authenticator=factor
        )
        _tell(user, "totp_deactivated" if factor.type == Type.TOTP else "webauthn_removed")


def take_away(factor: Authenticator, *, by: User) -> None:
    """By the staff, from whoever lost it, who is told of it. Codes on paper are all that some have left."""
    user = factor.user
    with acting():
        hold(user)
        Authenticator.objects.filter(pk=factor.pk).delete()
        _drop_codes_of_none(user)
        audit.record(TAKEN_AWAY, actor=by, target=user, type=str(factor.type))
        _tell(user, "factor_taken_away")


def take_back(user: User, since: datetime) -> int:
    """In the caller's transaction: what was added from then on goes, codes on paper among it."""
    hold(user)
    gone: int = Authenticator.objects.filter(user=user, created_at__gte=since).delete()[0]
    return gone + _drop_codes_of_none(user)


def make_new_codes(request: HttpRequest, user: User) -> None:
    """The old ones are worth nothing from now on."""
    with acting():
        hold_by(request, user)
        if not factors_of(user).exists():
            return
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
        made = RecoveryCodes.activate(user).instance
        signals.authenticator_reset.send(sender=Authenticator, request=request, user=user, authenticator=made)
        _tell(user, "recovery_codes_generated")
    _show(request)


def codes_of(user: User) -> list[str]:
    """Those that are not used up."""
    found = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return list(found.wrap().get_unused_codes()) if found else []


def code_was_used(user: User) -> None:
    """Whoever has lost the paper learns of it, and whoever has the paper how long it lasts."""
    with acting():
        _tell(user, "recovery_code_used", codes_left=len(codes_of(user)))


def may_see_codes(request: HttpRequest) -> bool:
    """In the session that made them, for as long as it takes to write them down."""
    until = request.session.get(_SHOWN_UNTIL, 0)
    return bool(until > timezone.now().timestamp())


def _added(request: HttpRequest, user: User, factor: Authenticator) -> None:
    """With the first one ends whatever came in without any: it is turned on where somebody fears a thief."""
    if not factors_of(user).exclude(pk=factor.pk).exists():
        end_others(user, session_key=request.session.session_key, token=None)
    signals.authenticator_added.send(sender=Authenticator, request=request, user=user, authenticator=factor)
    if not Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).exists():
        RecoveryCodes.activate(user)
        _show(request)


def _drop_codes_of_none(user: User) -> int:
    """Codes on paper stand in for a factor, and are none by themselves; answers how many rows that were."""
    if factors_of(user).exists():
        return 0
    gone: int = Authenticator.objects.filter(user=user).delete()[0]
    return gone


def _show(request: HttpRequest) -> None:
    request.session[_SHOWN_UNTIL] = (timezone.now() + SHOWN).timestamp()


def _tell(user: User, name: str, **words: Any) -> None:
    context = {"user": user, **words}
    get_adapter().send_notification_mail(f"mfa/email/{name}", user, context, email=user.email)
