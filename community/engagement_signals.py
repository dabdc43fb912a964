"""From saved rows to events: adapters and nothing else. They run inside the transaction of the action.

`raw` rows (fixtures) say nothing; imports wrap themselves in `NotificationService.silenced()`.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.signals import post_delete, post_save

from notifications.models import Event, Notification, Rule
from notifications.service import NotificationService
from notifications.steering.levels import forget, stop_watching

from .engagement import (
    BOOKMARKED,
    COMMENTED,
    JOINED_GROUP,
    LIKED,
    MENTIONED,
    POSTED_IN_GROUP,
    REPLIED,
)
from .models import Bookmark, Comment, Group, GroupMembership, Post, PostReaction


def reaction_saved(instance: PostReaction, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        NotificationService.emit(LIKED, instance, at=instance.created_at)


def reaction_deleted(instance: PostReaction, origin: Any = None, **kwargs: Any) -> None:
    if _goes_with_its_post(origin):
        return
    left = PostReaction.objects.filter(post_id=instance.post_id, user_id=instance.user_id)
    if not left.exists():  # somebody who still loves it has not taken the like back
        NotificationService.retract(Event.objects.filter(key=LIKED.key(instance, None)))


def bookmark_saved(instance: Bookmark, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        NotificationService.emit(BOOKMARKED, instance, at=instance.created_at)


def bookmark_deleted(instance: Bookmark, origin: Any = None, **kwargs: Any) -> None:
    if not _goes_with_its_post(origin):
        NotificationService.retract(Event.objects.filter(key=BOOKMARKED.key(instance, None)))


def comment_saved(instance: Comment, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or instance.deleted_at or instance.withheld:
        return
    if created:
        facts = [(COMMENTED, instance), (REPLIED, instance), (MENTIONED, instance)]
        NotificationService.emit_all(facts, at=instance.created_at)
    elif "@" in instance.content:  # an edit may call somebody; who was called before is not called again
        NotificationService.emit(MENTIONED, instance)


def comment_deleted(instance: Comment, origin: Any = None, **kwargs: Any) -> None:
    if _goes_with_its_post(origin):
        return
    kinds = (COMMENTED.type, REPLIED.type, MENTIONED.type)
    about = Event.objects.about("post", instance.post_id)
    NotificationService.retract(about.filter(kind__in=kinds, object_id=instance.pk))


def membership_saved(instance: GroupMembership, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    if created:
        NotificationService.emit(JOINED_GROUP, instance, at=instance.joined_at)
    elif instance.role == GroupMembership.Role.MEMBER:  # by now: who comes and asks to is not theirs to know
        inbox = Notification.objects.of(instance.user_id)
        NotificationService.withdraw_hidden(
            inbox.filter(kind=JOINED_GROUP.type, target_type="group", target_id=instance.group_id)
        )


def membership_deleted(instance: GroupMembership, **kwargs: Any) -> None:
    """Who leaves is no longer announced, watches no more, and is told nothing of a private group."""
    joined = Event.objects.about("group", instance.group_id).filter(actor_id=instance.user_id)
    NotificationService.retract(joined.filter(kind=JOINED_GROUP.type))
    inbox = Notification.objects.of(instance.user_id)
    NotificationService.withdraw(inbox.filter(target_type="group", target_id=instance.group_id))
    posts = Post.objects.filter(group_id=instance.group_id)
    out_of_sight = Q(target_type="post", target_id__in=posts.values("pk"))
    stop_watching(
        instance.user_id,
        place_id=instance.group_id,
        threads=out_of_sight if instance.group.is_private else None,
    )
    in_group = inbox.filter(target_type="post", target_id__in=posts.values("pk"))
    NotificationService.withdraw(
        in_group if instance.group.is_private else in_group.filter(kind=POSTED_IN_GROUP.type)
    )


def post_saved(instance: Post, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or instance.withheld:
        return
    if "@" in instance.content:
        NotificationService.emit(MENTIONED, instance, at=instance.created_at if created else None)
    if created and instance.group_id:
        NotificationService.emit(POSTED_IN_GROUP, instance, at=instance.created_at)


def post_deleted(instance: Post, **kwargs: Any) -> None:
    NotificationService.retract(Event.objects.about("post", instance.pk))
    forget(Rule.objects.about_thread("post", instance.pk))


def group_deleted(instance: Group, **kwargs: Any) -> None:
    forget(Rule.objects.about_place(instance.pk))


def _goes_with_its_post(origin: Any) -> bool:
    """Deleted because its post, or the group of that, is: `post_deleted` speaks for all of it at once."""
    model = origin.model if isinstance(origin, QuerySet) else type(origin)
    return model in (Post, Group)


_SAVED: dict[type[Model], Callable[..., None]] = {
    PostReaction: reaction_saved,
    Bookmark: bookmark_saved,
    Comment: comment_saved,
    GroupMembership: membership_saved,
    Post: post_saved,
}
_DELETED: dict[type[Model], Callable[..., None]] = {
    PostReaction: reaction_deleted,
    Bookmark: bookmark_deleted,
    Comment: comment_deleted,
    GroupMembership: membership_deleted,
    Post: post_deleted,
    Group: group_deleted,
}


def connect() -> None:
    for sender, receiver in _SAVED.items():
        post_save.connect(receiver, sender=sender, dispatch_uid=f"community.{receiver.__name__}")
    for sender, receiver in _DELETED.items():
        post_delete.connect(receiver, sender=sender, dispatch_uid=f"community.{receiver.__name__}")
