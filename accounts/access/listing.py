"""What is open, for the person whose it is: two queries, whatever their number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from knox.models import AuthToken

from notifications.devices import label_of_agent

from ..models import TokenUse, User
from .browsers import address_shown
from .tokens import device_of

SHOWN_MAX = 100  # of each; whoever has more ends all others at once


@dataclass(frozen=True, slots=True)
class Access:
    pk: int
    device: str  # “Firefox on Android”; for a program what it says of itself
    address: str
    created_at: datetime
    used_at: datetime
    is_here: bool  # the request came in by it


@dataclass(frozen=True, slots=True)
class Open:
    sessions: list[Access]
    tokens: list[Access]

    @property
    def has_others(self) -> bool:
        return any(not one.is_here for one in (*self.sessions, *self.tokens))


def sessions_of(user: User) -> QuerySet[UserSession]:
    alive = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=timezone.now())
    rows: QuerySet[UserSession] = UserSession.objects.filter(Exists(alive), user=user)
    return rows


def tokens_of(user: User) -> QuerySet[TokenUse]:
    alive = Q(token__expiry=None) | Q(token__expiry__gt=timezone.now())
    return TokenUse.objects.filter(alive, token__user=user).select_related("token")


def what_is_open(user: User, *, session_key: str | None, token: AuthToken | None) -> Open:
    """By what this request came in is first; then what was used last."""
    sessions = [
        Access(
            pk=row.pk,
            device=label_of_agent(row.user_agent),
            address=address_shown(row),
            created_at=row.created_at,
            used_at=row.last_seen_at,
            is_here=token is None and row.session_key == session_key,
        )
        for row in sessions_of(user).order_by("-last_seen_at")[:SHOWN_MAX]
    ]
    tokens = [
        Access(
            pk=row.pk,
            device=device_of(row),
            address=row.address,
            created_at=row.token.created,
            used_at=row.used_at,
            is_here=token is not None and row.token_id == token.pk,
        )
        for row in tokens_of(user).order_by("-used_at")[:SHOWN_MAX]
    ]
    return Open(sorted(sessions, key=_order), sorted(tokens, key=_order))


def _order(one: Access) -> Any:
    return not one.is_here, -one.used_at.timestamp()
