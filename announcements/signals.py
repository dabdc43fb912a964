"""What else happens to the people and things an announcement is about."""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Model
from django.db.models.signals import ModelSignal, post_delete, post_save

from accounts.models import User
from community.models import GroupMembership
from notifications.models import Event, Notification
from notifications.service import NotificationService
from notifications.transactions import acting

from .kind import ANNOUNCED
from .models import Announcement


def announcement_deleted(instance: Announcement, **kwargs: Any) -> None:
    """With its group, or with its author."""
    NotificationService.retract(Event.objects.about("announcement", instance.pk))


def membership_deleted(instance: GroupMembership, **kwargs: Any) -> None:
    """Who leaves is no longer told what was for the members, or for those who look after a group."""
    _ask_again(instance.user_id)


def membership_saved(instance: GroupMembership, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Who looks after this group no more may look after none."""
    if not (created or raw) and instance.role == GroupMembership.Role.MEMBER:
        _ask_again(instance.user_id)


def person_saved(
    instance: User,
    created: bool,
    raw: bool = False,
    update_fields: Collection[str] | None = None,
    **kwargs: Any,
) -> None:
    """Who is not of the staff any more is told nothing of what was for the staff."""
    is_about_it = update_fields is None or "is_staff" in update_fields
    if is_about_it and not (created or raw or instance.is_staff):
        _ask_again(instance.pk)


def _ask_again(user_id: int) -> None:
    with acting():  # people are also saved where there is no transaction
        NotificationService.withdraw_hidden(Notification.objects.of(user_id).filter(kind=ANNOUNCED.type))


def connect() -> None:
    connections: tuple[tuple[ModelSignal, type[Model], Callable[..., None]], ...] = (
        (post_delete, Announcement, announcement_deleted),
        (post_delete, GroupMembership, membership_deleted),
        (post_save, GroupMembership, membership_saved),
        (post_save, User, person_saved),
    )
    for signal, sender, receiver in connections:
        signal.connect(receiver, sender=sender, dispatch_uid=f"announcements.{receiver.__name__}")
