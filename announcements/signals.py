"""What else happens to the people and things an announcement is about."""

from typing import Any

from django.db.models.signals import post_delete

from community.models import GroupMembership
from notifications.models import Event, Notification
from notifications.service import NotificationService

from .kind import ANNOUNCED
from .models import Announcement


def announcement_deleted(instance: Announcement, **kwargs: Any) -> None:
    """With its group, or with its author."""
    NotificationService.retract(Event.objects.about("announcement", instance.pk))


def membership_deleted(instance: GroupMembership, **kwargs: Any) -> None:
    """Who leaves is no longer told what was for the members."""
    inbox = Notification.objects.of(instance.user_id).open()
    in_group = inbox.filter(kind=ANNOUNCED.type, place_id=instance.group_id)
    NotificationService.withdraw(in_group)


def connect() -> None:
    for sender, receiver in ((Announcement, announcement_deleted), (GroupMembership, membership_deleted)):
        post_delete.connect(receiver, sender=sender, dispatch_uid=f"announcements.{receiver.__name__}")
