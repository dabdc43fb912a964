"""What lets somebody in is changed by one request at a time, and by none whose browser was signed out.

A request may have been let in, and take its time, while the owner of the account ends everything. Whatever it
then wrote would outlast that. So both begin by holding the person's row, and who comes second looks again.
"""

from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.shortcuts import redirect

from ..models import User


def hold(user: User) -> User:
    """As they are now. In the caller's transaction, before its first write."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def hold_by(request: HttpRequest | None, user: User) -> User:
    """The same for what a page of their own asks for. Raises what leads to signing in."""
    held = hold(user)
    if request is not None and not _is_open(request, held):
        raise ImmediateHttpResponse(redirect("account_login"))
    return held


def _is_open(request: HttpRequest, user: User) -> bool:
    """Nobody may be in by this browser: a link that was mailed changes a password as well."""
    session = getattr(request, "session", None)
    if session is None or session.get(SESSION_KEY) != str(user.pk):
        return True
    return user.is_active and Session.objects.filter(pk=session.session_key).exists()
