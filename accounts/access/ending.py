"""Ending what is open. Open streams hear of each session and token that goes, and end within seconds."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

import audit
from notifications.transactions import acting

from ..models import TokenUse, User
from .holding import hold

ENDED = audit.register(
    "access_ended",
    _("signed another browser or program out"),
    own=_("You signed out another browser or program."),
)
OTHERS_ENDED = audit.register(
    "others_ended", _("signed out everywhere else"), own=_("You signed out everywhere else.")
)


def end_session(user: User, row: UserSession) -> None:
    with acting():
        hold(user)
        end_rows(UserSession.objects.filter(pk=row.pk))
        audit.record(ENDED, actor=user, target=user, kind="browser", agent=row.user_agent)


def end_token(user: User, row: TokenUse) -> None:
    with acting():
        AuthToken.objects.filter(pk=row.token_id).delete()
        audit.record(ENDED, actor=user, target=user, kind="program", agent=row.agent)


def end_others(user: User, *, session_key: str | None, token: AuthToken | None) -> int:
    """All but the one by which this request came in, and how many they were."""
    sessions, tokens = UserSession.objects.filter(user=user), AuthToken.objects.filter(user=user)
    with acting():
        hold(user)
        if token is not None:
            count = _end(sessions, tokens.exclude(pk=token.pk))
        else:
            count = _end(sessions.exclude(session_key=session_key), tokens)
        audit.record(OTHERS_ENDED, actor=user, target=user, count=count)
    return count


def end_all(user: User) -> int:
    """In the caller's transaction. For whoever goes on under another key, as after a change of password."""
    return _end(UserSession.objects.filter(user=user), AuthToken.objects.filter(user=user))


def end_rows(rows: QuerySet[UserSession]) -> int:
    """In the caller's transaction; how many of them were still open."""
    keys = list(rows.values_list("session_key", flat=True))
    rows.delete()
    return Session.objects.filter(pk__in=keys).delete()[1].get("sessions.Session", 0)


def _end(rows: QuerySet[UserSession], tokens: QuerySet[AuthToken]) -> int:
    return end_rows(rows) + tokens.delete()[1].get("knox.AuthToken", 0)
