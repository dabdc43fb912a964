"""Inboxes of any length, for tests of what is done with them."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from community.models import Post
from notifications.models import Event, Notification

Priority = Notification.Priority


def a_like(
    recipient: User,
    actor: User,
    post: Post,
    *,
    at: datetime | None = None,
    number: int = 0,
    kind: str = "LIKE",
    priority: Notification.Priority = Priority.ABOUT_YOU,
) -> Notification:
    """One unread row with its event, as the dispatcher writes them; `number` tells several apart."""
    at = at or timezone.now()
    event = Event.objects.create(
        kind=kind, key=f"{kind}:{actor.pk}:post.{post.pk}:{number}", actor=actor, recipient=recipient,
        target_type="post", target_id=post.pk, object_id=number, group_key=f"{kind}:post.{post.pk}:{number}",
        state=Event.State.DONE, outcome=Event.Outcome.NOTIFIED, created_at=at, run_at=at, ended_at=at,
    )  # fmt: skip
    row = Notification.objects.create(
        recipient=recipient, event_id=event.pk, kind=kind, group_key=event.group_key, actor=actor,
        actor_ids=[actor.pk], target_type="post", target_id=post.pk, object_id=number,
        priority=priority, created_at=at,
    )  # fmt: skip
    Event.objects.filter(pk=event.pk).update(notification_id=row.pk)
    return row


def likes(recipient: User, actor: User, post: Post, count: int) -> list[Notification]:
    """The newest first, a minute apart."""
    now = timezone.now()
    return [a_like(recipient, actor, post, at=now - timedelta(minutes=n), number=n) for n in range(count)]
