"""Browsers in which somebody is signed in: a row of allauth's beside each session.

allauth would look into every session of a person whenever they sign in, and knows nothing of who comes in by
the API while another's session is open. So its receivers are replaced by these.
"""

import ipaddress
from typing import Any

from allauth.account import signals as account
from allauth.usersessions import signals as allauths
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.signals import post_delete
from django.http import HttpRequest
from django.utils import timezone

from notifications.devices import label_of_agent
from notifications.transactions import acting

from ..limits.whose import address_of
from ..models import AGENT_LENGTH, User
from . import lately

NOWHERE = "0.0.0.0"  # nosec B104 # of a request that comes by no network; the column takes no empty one


def connect() -> None:
    account.user_logged_in.disconnect(allauths.on_user_logged_in)
    user_logged_in.connect(signed_in, dispatch_uid="accounts.access.signed_in")
    for signal in (account.password_changed, account.password_set):
        signal.disconnect(allauths.on_password_changed)
        signal.connect(signed_in, dispatch_uid="accounts.access.has_another_key")
    post_delete.connect(ended, sender=Session, dispatch_uid="accounts.access.ended")


def signed_in(user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Or their session goes on under another key. By the API no session begins."""
    if request is None or not _is_of(request, user):
        return
    with acting():
        if request.session.session_key is None:
            request.session.save()
        _note(request, user)


def ended(instance: Session, **kwargs: Any) -> None:
    UserSession.objects.filter(session_key=instance.session_key).delete()


def used(request: HttpRequest) -> None:
    """Every few minutes. Reading writes it as well: else nobody would see that somebody only looks around."""
    session = getattr(request, "session", None)
    if session is None or SESSION_KEY not in session or not session.session_key:
        return
    user = request.user
    if isinstance(user, User) and lately.is_due(session.session_key):
        with acting():
            if Session.objects.filter(pk=session.session_key).exists():  # not ended meanwhile, elsewhere
                _note(request, user)


def ended_long_ago() -> QuerySet[UserSession]:
    """Those whose session went without telling: expired ones, in batches."""
    before = timezone.now() - lately.EVERY
    there = Session.objects.filter(pk=OuterRef("session_key"))
    rows: QuerySet[UserSession] = UserSession.objects.filter(~Exists(there), last_seen_at__lt=before)
    return rows


def address_shown(row: UserSession) -> str:
    """Of IPv6 the network, as it is counted; nothing where there is none."""
    if row.ip == NOWHERE:
        return ""
    return f"{row.ip}/64" if ":" in row.ip else row.ip


def _is_of(request: HttpRequest, user: User) -> bool:
    session = getattr(request, "session", None)
    return session is not None and session.get(SESSION_KEY) == str(user.pk)


def _note(request: HttpRequest, user: User) -> None:
    key = str(request.session.session_key)
    lately.is_due(key)
    agent = request.META.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH]
    fields = {"user": user, "ip": _network_of(request), "user_agent": agent}
    row, is_new = UserSession.objects.get_or_create(session_key=key, defaults=fields)
    if is_new:
        return
    before = UserSession(
        **{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    )
    for field, value in (fields | {"last_seen_at": timezone.now()}).items():
        setattr(row, field, value)
    row.save()
    # Addresses change with every walk through town; another browser with the same key is somebody else.
    if label_of_agent(before.user_agent) != label_of_agent(agent):
        allauths.session_client_changed.send(
            sender=UserSession, request=request, from_session=before, to_session=row
        )


def _network_of(request: HttpRequest) -> str:
    try:
        return str(ipaddress.ip_network(address_of(request)).network_address)
    except ValueError:
        return NOWHERE
