"""A sign-in from a device that was not known is told of by mail, with a way to say that it was not oneself.

The link works signed out and changes nothing by being opened. It is good for a week, and for the
password that was good then: once it was used, or another password chosen, it leads nowhere.

Who came in may have left a way back in: what was added since that moment goes with them.
"""

from datetime import UTC, datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

import audit
from audit.models import Entry
from audit.requests import address_of, agent_of
from notifications.devices import label_of
from notifications.transactions import acting

from .access import ending
from .factors import actions as factors
from .limits import known_devices
from .models import User
from .phones import proving

GOOD_FOR = timedelta(days=7)
DISOWNED = audit.register(
    "sign_in_disowned",
    _("said that a sign-in was somebody else's"),
    own=_("You said that somebody else had signed in. All was signed out, and the password made worthless."),
)
_SALT = "accounts.disowning"


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
    """After the commit, past the engine, as all mails that keep an account safe: nothing holds it back."""
    context = {"user": user, "device": label_of(request), "not_me_url": settings.SITE_URL + not_me_path(user)}

    def mail() -> None:
        get_adapter(request).send_notification_mail(
            "account/email/new_device", user, context, email=user.email
        )

    transaction.on_commit(mail, robust=True)


def not_me_path(user: User) -> str:
    return reverse("not-me", args=[signing.dumps({"user": user.pk, "mark": _mark(user)}, salt=_SALT)])


def user_by(token: str) -> tuple[User, datetime]:
    """Whose it is, and when somebody came in. Raises Http404 for what is forged or over."""
    try:
        said = signing.loads(token, salt=_SALT, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise Http404 from error
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    if user is None or not constant_time_compare(said["mark"], _mark(user)):
        raise Http404
    signed_at = signing.b62_decode(token.rsplit(":", 2)[1])  # in the second in which they came in
    return user, datetime.fromtimestamp(signed_at, UTC)


def disown(request: HttpRequest, user: User, since: datetime) -> None:
    """Nobody is in any more, no browser is known, no password is right; a new one is chosen by mail alone."""
    with acting():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        audit.record(
            DISOWNED,
            actor=user,
            target=user,
            ended=ending.end_all(user),
            factors=factors.take_back(user, since),
            phone=proving.take_back(user, since),
            addresses=_drop_unproven(user),
        )
    request_password_reset(request, user.email, [user], None)


def _drop_unproven(user: User) -> int:
    """Nobody knows since when they stand there; whoever meant one writes it again."""
    waiting = EmailAddress.objects.filter(user=user, verified=False).exclude(email__iexact=user.email)
    count: int = waiting.delete()[0]
    return count


def _has_two(times: QuerySet[Entry]) -> bool:
    return len(times.order_by("-id").values_list("pk")[:2]) == 2


def _mark(user: User) -> str:
    return salted_hmac(_SALT, user.get_session_auth_hash(), algorithm="sha256").hexdigest()[:16]
