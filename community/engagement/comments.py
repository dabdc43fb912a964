"""Kinds about words that are addressed to somebody: comments, replies and mentions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications.kinds import Answered, Content, Fact, Kind
from notifications.models import Event, Notification, Rule

from ..models import Comment, GroupMembership, Post
from ..text import mentioned_users
from ..visibility import hidden_comments, hidden_posts
from .answering import answer_comment, answer_post
from .contents import (
    comment_contents,
    comment_contents_for_each,
    post_contents,
    post_contents_for_each,
)


class _CommentKind(Kind):
    button = _("Read and answer")
    answered_by_mail = True
    fewer = Rule.Scope.THREAD

    def target(self, obj: Comment) -> tuple[str, int]:
        return "post", obj.post_id

    def place_id(self, obj: Comment) -> int | None:
        return obj.post.group_id

    def actor_id(self, obj: Comment) -> int:
        return obj.author_id

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return (
            Comment.objects.public().filter(created_at__range=(since, until)).select_related("post", "parent")
        )

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        return hidden_comments(facts)

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        return comment_contents(notifications, user)

    def contents_for_each(self, notifications: Sequence[Notification]) -> Mapping[int, Content]:
        return comment_contents_for_each(notifications)

    def answer(self, event: Event, user: Any, text: str) -> None:
        answer_comment(user, event.object_id, text)


def _more_concerned(comment: Comment) -> set[int]:
    """Those whom it answers or calls: they hear of it as a reply or a mention."""
    answered = {comment.parent.author_id} if comment.parent else set()
    return answered | {user.pk for user in mentioned_users(comment.content)}


def _watching(post: Post) -> QuerySet[Rule]:
    """Those who watch the post; and its group, as long as they are in it."""
    watched = Q(scope=Rule.Scope.THREAD, target_type="post", target_id=post.pk)
    if post.group_id is not None:
        members = GroupMembership.objects.active().filter(group_id=post.group_id).values("user_id")
        watched |= Q(scope=Rule.Scope.PLACE, place_id=post.group_id, user_id__in=members)
    return Rule.objects.watching().filter(watched)


class Commented(_CommentKind):
    type = "COMMENT"
    label = _("Somebody commented on your post")
    sentence = ngettext_lazy(
        "%(actors)s commented on %(thing)s", "%(actors)s commented on %(thing)s", "people"
    )
    discreet = _("There is a new comment for you in a private group")
    reason = _("Because you wrote it")
    icon = "chat-bubble-left"

    def recipients(self, obj: Comment) -> Iterable[int]:
        return [] if obj.post.author_id in _more_concerned(obj) else [obj.post.author_id]

    def is_watched(self, obj: Comment) -> bool:
        return _watching(obj.post).exists()

    def audience(self, event: Event) -> QuerySet[Any]:
        comment = Comment.objects.select_related("post", "parent").filter(pk=event.object_id).first()
        if comment is None:
            return Rule.objects.none()
        others = _more_concerned(comment) | {comment.author_id, comment.post.author_id}
        return _watching(comment.post).exclude(user_id__in=others).distinct()


class Replied(_CommentKind):
    type = "REPLY"
    label = _("Somebody replied to your comment")
    sentence = ngettext_lazy(
        "%(actors)s replied to your comment on %(thing)s",
        "%(actors)s replied to your comment on %(thing)s",
        "people",
    )
    discreet = _("Somebody replied to you in a private group")
    reason = _("Because it answers you")
    icon = "arrow-uturn-left"

    def example(self, reader: Any) -> Content:
        asked = _("Are there any tomatoes left? I have room for two.")
        return replace(super().example(reader), answered=Answered(reader.pk, asked))

    def recipients(self, obj: Comment) -> Iterable[int]:
        if obj.parent is None or obj.parent.author_id in {user.pk for user in mentioned_users(obj.content)}:
            return []
        return [obj.parent.author_id]


class Mentioned(Kind):
    """By @name in a comment or in a post."""

    type = "MENTION"
    label = _("Somebody mentioned you")
    sentence = ngettext_lazy(
        "%(actors)s mentioned you in %(thing)s", "%(actors)s mentioned you in %(thing)s", "people"
    )
    discreet = _("Somebody mentioned you in a private group")
    reason = _("Because you were mentioned")
    icon = "at-symbol"
    button = _("Read and answer")
    answered_by_mail = True
    fewer = Rule.Scope.THREAD
    priority = Notification.Priority.NEEDS_YOU

    def target(self, obj: Post | Comment) -> tuple[str, int]:
        return "post", obj.pk if isinstance(obj, Post) else obj.post_id

    def place_id(self, obj: Post | Comment) -> int | None:
        return obj.group_id if isinstance(obj, Post) else obj.post.group_id

    def actor_id(self, obj: Post | Comment) -> int:
        return obj.author_id

    def object_id(self, obj: Post | Comment) -> int:
        return 0 if isinstance(obj, Post) else obj.pk  # 0: the post itself

    def key(self, obj: Post | Comment, recipient_id: int | None) -> str:
        where = "post" if isinstance(obj, Post) else "comment"
        return f"{self.type}:{obj.author_id}:{where}.{obj.pk}:{recipient_id}"

    def recipients(self, obj: Post | Comment) -> Iterable[int]:
        people = mentioned_users(obj.content)
        if not people:
            return []
        group = obj.group if isinstance(obj, Post) else obj.post.group
        if group is not None and group.is_private:
            members = GroupMembership.objects.active().filter(group=group, user__in=people)
            return members.values_list("user_id", flat=True)
        return [user.pk for user in people]

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        comments = Comment.objects.public().filter(created_at__range=(since, until), content__contains="@")
        return comments.select_related("post__group")

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        in_posts = [fact for fact in facts if fact.object_id == 0]
        in_comments = [fact for fact in facts if fact.object_id != 0]
        return {**hidden_posts(in_posts), **hidden_comments(in_comments)}

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        in_posts = [row for row in notifications if row.object_id == 0]
        in_comments = [row for row in notifications if row.object_id != 0]
        posts = post_contents(in_posts, user, quoted=True) if in_posts else {}
        comments = comment_contents(in_comments, user) if in_comments else {}
        return {**posts, **comments}

    def contents_for_each(self, notifications: Sequence[Notification]) -> Mapping[int, Content]:
        in_posts = [row for row in notifications if row.object_id == 0]
        in_comments = [row for row in notifications if row.object_id != 0]
        posts = post_contents_for_each(in_posts, quoted=True) if in_posts else {}
        comments = comment_contents_for_each(in_comments) if in_comments else {}
        return {**posts, **comments}

    def answer(self, event: Event, user: Any, text: str) -> None:
        if event.object_id == 0:
            answer_post(user, event.target_id, text)
        else:
            answer_comment(user, event.object_id, text)
