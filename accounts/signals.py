"""From signing up and in to events. Pages (allauth) and the API send the same two signals."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import (
    email_confirmed,
    password_changed,
    password_reset,
    password_set,
    user_signed_up,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from notifications import devices
from notifications.bouncing import suppressing
from notifications.service import NotificationService
from notifications.transactions import acting

from . import disowning
from .access import ending
from .factors import actions as factors
from .kinds import SIGNED_IN, SIGNED_UP
from .limits import known_devices
from .models import User


@receiver(user_signed_up, dispatch_uid="accounts.signed_up")
def signed_up(user: User, **kwargs: Any) -> None:
    if user.last_login is None:
        return  # by the page: nobody is welcome before their address answers, and they can come in
    with acting():
        NotificationService.emit(SIGNED_UP, user)
    user.just_signed_up = True  # type: ignore[attr-defined] # read below, in the same request


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def signed_in(user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    is_new = request is not None and disowning.is_new_device(request, user)
    if request is not None:
        known_devices.has_signed_in(request, user)
    if getattr(user, "just_signed_up", False):
        return  # one piece of news, not two
    with acting():
        NotificationService.emit(SIGNED_IN, user)
        if is_new and request is not None:
            disowning.tell(request, user)


@receiver(post_save, sender=User, dispatch_uid="accounts.password_replaced")
def password_is_replaced(instance: User, created: bool, **kwargs: Any) -> None:
    """By a page, the API, the administration or a command: whatever came in by the old one is out.

    The session in which it is done goes on: Django gives it another key, from what it has in memory.
    """
    typed: str | None = instance._password  # type: ignore[attr-defined] # Django's own, until the row is saved
    if typed is not None and not created:
        ending.end_all(instance)


@receiver([password_changed, password_reset, password_set], dispatch_uid="accounts.password_changed")
def password_is_new(user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    devices.password_changed(request, user)


@receiver(authenticator_used, dispatch_uid="accounts.code_was_used")
def code_was_used(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        factors.code_was_used(user)


@receiver(password_reset, dispatch_uid="accounts.password_reset")
def reset_mail_arrived(user: User, **kwargs: Any) -> None:
    """By a link or code that was mailed."""
    suppressing.proven(user.email)


@receiver(email_confirmed, dispatch_uid="accounts.email_confirmed")
def address_answers(email_address: EmailAddress, **kwargs: Any) -> None:
    suppressing.proven(email_address.email)
    if email_address.user.last_login is None:
        with acting():
            NotificationService.emit(SIGNED_UP, email_address.user)
