"""Keeping something from sight, and showing it again: for the moderation, which decides and asks who may."""

from functools import singledispatch
from typing import Any

from notifications.models import Notification
from notifications.models.notification import NotificationQuerySet
from notifications.service import NotificationService
from notifications.transactions import acting

from ..engagement_signals import comment_deleted, comment_saved, post_saved
from ..happenings import released
from ..models import Comment, Group, Post, Withheld


def withhold(thing: Post | Comment | Group, how: Withheld) -> None:
    """Also what was told of it and is unread is taken back; the last look keeps back what is on its way."""
    with acting():
        _mark(thing, how)
        _take_back(thing)


def show_again(thing: Post | Comment | Group) -> None:
    """What was told before is not told again; what never was, because it was held, is told now."""
    with acting():
        was_held = thing.withheld == Withheld.HELD
        _mark(thing, "")
        if was_held and not isinstance(thing, Group):
            _tell(thing)
            released.send(sender=type(thing), thing=thing)


def _mark(thing: Post | Comment | Group, withheld: str) -> None:
    thing.withheld = withheld
    type(thing)._default_manager.filter(pk=thing.pk).update(withheld=withheld)  # no signal: nothing happened


def _tell(thing: Post | Comment) -> None:
    if isinstance(thing, Post):
        post_saved(thing, created=True)
    else:
        comment_saved(thing, created=True)


@singledispatch
def _take_back(thing: Any) -> None:
    raise TypeError(type(thing))


@_take_back.register
def _of_post(post: Post) -> None:
    about = Notification.objects.filter(target_type="post", target_id=post.pk)
    NotificationService.withdraw(about.exclude(recipient=post.author_id))


@_take_back.register
def _of_comment(comment: Comment) -> None:
    comment_deleted(comment)


@_take_back.register
def _of_group(group: Group) -> None:
    caretakers = group.memberships.caretakers().values("user_id")
    for about in (
        Notification.objects.filter(target_type="group", target_id=group.pk),
        _in_group(group),
    ):
        NotificationService.withdraw(about.exclude(recipient__in=caretakers))


def _in_group(group: Group) -> NotificationQuerySet:
    posts = Post.objects.filter(group=group).values("pk")
    return Notification.objects.filter(target_type="post", target_id__in=posts)
