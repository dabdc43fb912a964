"""From saved rows to calls: adapters and nothing else. They run inside the transaction of the action.

`raw` rows (fixtures) and imports say nothing.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.db.models.signals import ModelSignal, post_delete, post_save

from community.happenings import accepted
from community.models import Comment, GroupMembership, Post
from notifications.models import Event
from notifications.service import NotificationService

from .calling import call
from .models import EventType, Webhook
from .stopping import stop_without_right

Status = GroupMembership.Status


def post_saved(instance: Post, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and instance.group_id:
        call(instance.group_id, EventType.POST, instance.pk, at=instance.created_at)


def comment_saved(instance: Comment, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and instance.post.group_id:
        call(instance.post.group_id, EventType.COMMENT, instance.pk, at=instance.created_at)


def membership_saved(instance: GroupMembership, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    if not created:
        stop_without_right(instance)
    elif instance.status == Status.ACTIVE:
        call(instance.group_id, EventType.JOIN, instance.pk, at=instance.joined_at)


def membership_deleted(instance: GroupMembership, origin: Any = None, **kwargs: Any) -> None:
    if origin is instance:  # else the group goes, or the person
        stop_without_right(instance)


def webhook_deleted(instance: Webhook, **kwargs: Any) -> None:
    NotificationService.retract(Event.objects.about("webhook", instance.pk))


def member_accepted(membership: GroupMembership, **kwargs: Any) -> None:
    call(membership.group_id, EventType.JOIN, membership.pk)


def connect() -> None:
    connections: tuple[tuple[ModelSignal, type[Model], Callable[..., None]], ...] = (
        (post_save, Post, post_saved),
        (post_save, Comment, comment_saved),
        (post_save, GroupMembership, membership_saved),
        (post_delete, GroupMembership, membership_deleted),
        (post_delete, Webhook, webhook_deleted),
    )
    for signal, sender, receiver in connections:
        signal.connect(receiver, sender=sender, dispatch_uid=f"webhooks.{receiver.__name__}")
    accepted.connect(member_accepted, dispatch_uid="webhooks.member_accepted")
