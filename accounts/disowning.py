"""A sign-in from a device that was not known is told of by mail, with a way to say that it was not oneself.

The link works signed out and changes nothing by being opened. It is good once and for a week, whatever was
done to the account meanwhile: another password, another address, even leaving.

Who came in may have left a way back in: what was added since that moment goes with them, and the address
that the mail went to is the account's again. For that week it outranks a newer one, since nothing tells a
thief from an owner who moves. Whom that harms, since somebody else reads their old mail, is told there.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.models import EmailAddress
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

import audit
from audit.models import Entry
from audit.requests import address_of, agent_of
from notifications.devices import label_of
from notifications.transactions import acting

from . import addresses
from .access import ending
from .access.holding import hold
from .factors import actions as factors
from .limits import known_devices
from .models import User
from .phones import proving
from .sealing import box

GOOD_FOR = timedelta(days=7)
DISOWNED = audit.register(
    "sign_in_disowned",
    _("said that a sign-in was somebody else's"),
    own=_("You said that somebody else had signed in. All was signed out, and the password made worthless."),
)
_PURPOSE = "accounts.disowning"
TakeBack = Callable[[User, datetime], object]

_take_backs: list[TakeBack] = []


@dataclass(frozen=True, slots=True)
class Notice:
    """What its link says: of whom, where it went and whether that was proven, and when somebody came in."""

    user: User
    address: str
    was_proven: bool
    since: datetime


def register(take_back: TakeBack) -> None:
    """What other apps undo, in the same transaction, of what was done since then."""
    _take_backs.append(take_back)


def is_new_device(request: HttpRequest, user: User) -> bool:
    """Asked while somebody comes in. The first time of all is nothing new, and a program, which keeps no
    cookie, is known by its name and address.
    """
    if "REMOTE_ADDR" not in request.META or known_devices.device_of(request).knows(user):
        return False
    times = Entry.objects.filter(
        action=audit.SIGN_IN.name, outcome=audit.DONE, target_type="user", target_id=str(user.pk)
    )
    if not _has_two(times):  # this one is among them
        return False
    is_program = request.path_info.startswith("/api/")
    return not (is_program and _has_two(times.filter(agent=agent_of(request), address=address_of(request))))


def tell(request: HttpRequest, user: User) -> None:
    """Past the engine, as all mails that keep an account safe: nothing holds it back."""
    context = {"user": user, "device": label_of(request), "not_me_url": settings.SITE_URL + not_me_path(user)}
    get_adapter(request).send_notification_mail("account/email/new_device", user, context, email=user.email)


def not_me_path(user: User) -> str:
    """Sealed, for addresses of pages are logged; the seal has the second in which they came in."""
    address = user.email.lower()
    proven = EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists()
    return reverse("not-me", args=[sealed(user.pk, address, was_proven=proven)])


def sealed(pk: int, address: str, *, was_proven: bool) -> str:
    return box(_PURPOSE).encrypt(json.dumps([pk, address, was_proven]).encode()).decode()


def notice_by(token: str) -> Notice:
    """Raises Http404 for what is forged or over, and where another account has the address by now."""
    said, opener = token.encode(), box(_PURPOSE)
    try:
        pk, address, was_proven = json.loads(opener.decrypt(said, ttl=int(GOOD_FOR.total_seconds())))
    except InvalidToken as error:
        raise Http404 from error
    since = datetime.fromtimestamp(opener.extract_timestamp(said), UTC)
    user = User.objects.filter(pk=pk).first()
    if user is None or _was_used(user, since) or addresses.is_anothers(user, address, was_proven=was_proven):
        raise Http404
    return Notice(user, address, was_proven, since)


def disown(request: HttpRequest, notice: Notice) -> None:
    """Nobody is in any more, no browser is known, no password is right; a new one is chosen by mail alone."""
    user, since = notice.user, notice.since
    with acting():
        hold(user)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        audit.record(
            DISOWNED,
            actor=user,
            target=user,
            since=since.isoformat(),
            ended=ending.end_all(user),
            factors=factors.take_back(user, since),
            phone=proving.take_back(user, since),
            addresses=addresses.give_back(request, user, notice.address, was_proven=notice.was_proven),
        )
        for take_back in _take_backs:
            take_back(user, since)
    request_password_reset(request, notice.address, [user], None)


def _was_used(user: User, since: datetime) -> bool:
    """Or another that reaches back as far. One of an earlier sign-in still has something to take back."""
    done = Entry.objects.filter(
        action=DISOWNED.name, target_type="user", target_id=str(user.pk), at__gte=since
    )
    return any((entry.metadata or {}).get("since", "") <= since.isoformat() for entry in done)


def _has_two(times: QuerySet[Entry]) -> bool:
    return len(times.order_by("-id").values_list("pk")[:2]) == 2
