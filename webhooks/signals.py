"""From saved rows to calls: adapters and nothing else. They run inside the transaction of the action.

`raw` rows (fixtures) and imports say nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.db.models.signals import ModelSignal, post_delete, post_save
from django.utils import timezone

from community.happenings import accepted, released
from community.models import Comment, GroupMembership, Post
from notifications import happenings as of_the_site
from notifications.models import Event
from notifications.service import NotificationService

from .calling import call
from .models import Call, EventType, Webhook
from .stopping import stop_without_right

Status = GroupMembership.Status


def post_saved(instance: Post, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and instance.group_id and not instance.withheld:
        call(instance.group_id, EventType.POST, instance.pk, at=instance.created_at)


def comment_saved(instance: Comment, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and instance.post.group_id and not instance.withheld:
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


def released_now(thing: Post | Comment, **kwargs: Any) -> None:
    """What was held for review is news when it is shown, unless it was held for a change of it."""
    event = EventType.POST if isinstance(thing, Post) else EventType.COMMENT
    if Call.objects.filter(event=event, object_id=thing.pk).exists():
        return
    if isinstance(thing, Post):
        post_saved(thing, created=True)
    else:
        comment_saved(thing, created=True)


def site_released(since: datetime, discards: bool, **kwargs: Any) -> None:
    """Of a restored site: what waited then leaves by itself, unless it is to be let go."""
    if discards:
        waited = Call.objects.open().filter(happened_at__lt=since)
        waited.update(state=Call.State.SKIPPED, ended_at=timezone.now())


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
    of_the_site.released.connect(site_released, dispatch_uid="webhooks.site_released")
    released.connect(released_now, dispatch_uid="webhooks.released_now")
    accepted.connect(member_accepted, dispatch_uid="webhooks.member_accepted")
