"""Leaving for good: at once nobody comes in by the account, and after two weeks all of it is erased."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.models import AuthToken

import audit
from accounts.models import User
from accounts.returning import let_back
from notifications.service import NotificationService
from notifications.transactions import acting

from .kinds import LEAVING
from .models import Departure

UNDO = timedelta(days=14)
LEFT = audit.register(
    "account_left",
    gettext_lazy("ended an account, to be erased"),
    own=gettext_lazy("Your account was ended, to be erased."),
)
CAME_BACK = audit.register(
    "account_taken_back",
    gettext_lazy("took an account back before it was erased"),
    own=gettext_lazy("You took your account back."),
)


def leave(user: User, *, keeps_content: bool, by: User | None = None, reason: str = "") -> Departure:
    """By the person, who has proven who they are, or by the staff, who say why. Twice is once."""
    now = timezone.now()
    with acting():
        check(user, by)
        departure, is_new = Departure.objects.get_or_create(
            user=user,
            defaults={
                "keeps_content": keeps_content,
                "asked_at": now,
                "erase_at": now + UNDO,
                "by": by,
                "reason": reason,
            },
        )
        if is_new:
            user.is_active = False
            user.save(update_fields=["is_active"])  # sessions are good for nothing, and open streams end
            for token in AuthToken.objects.filter(user=user):
                token.delete()
            NotificationService.emit(LEAVING, departure)
            audit.record(LEFT, actor=by or user, target=user, words=reason, keeps_content=keeps_content)
    return departure


def check(user: User, by: User | None = None) -> None:
    """Whether they may go: somebody has to be left who can do everything. Raises ValidationError."""
    if by is not None and user.is_staff and not by.is_superuser:
        raise PermissionDenied
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        raise ValidationError(_("Nobody else looks after this site. Give somebody else all rights first."))


def take_back(departure: Departure, *, by: User | None = None) -> bool:
    """False where it is too late."""
    with acting():
        waiting = Departure.objects.filter(pk=departure.pk, erase_at__gt=timezone.now())
        if not waiting.delete()[0]:
            return False
        let_back(departure.user)
        audit.record(CAME_BACK, actor=by or departure.user, target=departure.user)
    return True


def disowned(user: User, since: datetime) -> None:
    """In the caller's transaction: somebody else may have come in then, and left in their name."""
    if Departure.objects.filter(user=user, asked_at__gte=since, by=None).delete()[0]:
        let_back(user)
        audit.record(CAME_BACK, actor=user, target=user)


def is_leaving(user: User) -> bool:
    return Departure.objects.filter(user=user).exists()
