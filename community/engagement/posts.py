"""Kinds about a post as a whole: it was liked, bookmarked, or written in a group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications.kinds import Answered, Content, Fact, Kind
from notifications.models import Event, Notification, Rule
from notifications.sql import among

from ..models import Bookmark, GroupMembership, Post, PostReaction
from ..text import mentioned_users
from ..visibility import hidden_posts, without
from .answering import answer_post
from .contents import A_DAY, A_MONTH, post_contents, post_contents_for_each


class _PostKind(Kind):
    """Something that happened to a post, by a button that can be pressed again."""

    rows: ClassVar[type[PostReaction | Bookmark]]
    toggles = True

    def target(self, obj: Any) -> tuple[str, int]:
        return "post", obj.post_id

    def place_id(self, obj: Any) -> int | None:
        return obj.post.group_id  # type: ignore[no-any-return]

    def recipients(self, obj: Any) -> Iterable[int]:
        return [obj.post.author_id]

    def key(self, obj: Any, recipient_id: int | None) -> str:
        # The person and the post, not the row: pressed twice, or in two ways, it is one fact.
        return f"{self.type}:{obj.user_id}:post.{obj.post_id}"

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return self.rows.objects.filter(created_at__range=(since, until)).select_related("post")

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        there = self.rows.objects.filter(
            post_id__in=among({fact.target_id for fact in facts}),
            user_id__in=among({fact.actor_id for fact in facts}),
        ).values_list("user_id", "post_id")
        return hidden_posts(facts) | without(facts, set(there), lambda fact: (fact.actor_id, fact.target_id))

    def example(self, reader: Any) -> Content:
        content = super().example(reader)
        return replace(content, said="", words=None, answered=Answered(reader.pk, content.said))

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        return post_contents(notifications, user)

    def contents_for_each(self, notifications: Sequence[Notification]) -> Mapping[int, Content]:
        return post_contents_for_each(notifications)


class Liked(_PostKind):
    type = "LIKE"
    rows = PostReaction
    label = _("Somebody reacted to your post")
    sentence = ngettext_lazy("%(actors)s liked %(thing)s", "%(actors)s liked %(thing)s", "people")
    discreet = _("Somebody liked a post of yours in a private group")
    reason = _("Because you wrote it")
    icon = "like"
    button = _("See the post")
    kept = A_MONTH
    mail_gap = A_DAY
    mail_expires_after = A_DAY


class Bookmarked(_PostKind):
    type = "BOOKMARK"
    rows = Bookmark
    label = _("Somebody bookmarked your post")
    sentence = ngettext_lazy("%(actors)s bookmarked %(thing)s", "%(actors)s bookmarked %(thing)s", "people")
    reason = _("Because you wrote it")
    icon = "bookmark"
    kept = A_MONTH
    channels = frozenset()
    anonymous = True
    priority = Notification.Priority.AROUND_YOU


class PostedInGroup(Kind):
    type = "GROUP_POST"
    label = _("Somebody posted in one of your groups")
    sentence = ngettext_lazy("%(actors)s posted %(thing)s", "%(actors)s posted %(thing)s", "people")
    discreet = _("There is a new post in a private group")
    reason = _("Because you are in this group")
    icon = "document-text"
    button = _("Read the post")
    answered_by_mail = True
    mailed_by_default = pushed_by_default = False
    fewer = Rule.Scope.PLACE
    for_watchers = True
    priority = Notification.Priority.AROUND_YOU
    is_audience = True

    def target(self, obj: Post) -> tuple[str, int]:
        return "post", obj.pk

    def place_id(self, obj: Post) -> int | None:
        return obj.group_id

    def actor_id(self, obj: Post) -> int:
        return obj.author_id

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return Post.objects.public().filter(created_at__range=(since, until), group__isnull=False)

    def audience(self, event: Event) -> QuerySet[Any]:
        post = Post.objects.public().filter(pk=event.target_id).first()
        if post is None or post.group_id is None:
            return GroupMembership.objects.none()
        elsewhere = {post.author_id, *(user.pk for user in mentioned_users(post.content))}
        return GroupMembership.objects.active().filter(group_id=post.group_id).exclude(user_id__in=elsewhere)

    def concerning(self, user: Any, since: datetime) -> QuerySet[Event]:
        groups = GroupMembership.objects.active().filter(user=user).values("group_id")
        posts = Post.objects.filter(group_id__in=groups, created_at__gte=since).exclude(author=user)
        about = Event.objects.filter(target_type="post", target_id__in=posts.values("pk"))
        called = about.filter(kind="MENTION", object_id=0, recipient=user)  # who is told of it as a mention
        return about.filter(kind=self.type).exclude(target_id__in=called.values("target_id"))

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        """Whoever left a group is not told of its posts, also where everybody may read them."""
        members = GroupMembership.objects.active().filter(
            group_id__in=among({fact.place_id for fact in facts}),
            user_id__in=among({fact.recipient_id for fact in facts}),
        )
        there = set(members.values_list("group_id", "user_id"))
        left = {
            fact.id: Event.Outcome.UNWATCHED
            for fact in facts
            if fact.place_id and (fact.place_id, fact.recipient_id) not in there
        }
        return left | hidden_posts(facts)

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        return post_contents(notifications, user, quoted=True)

    def contents_for_each(self, notifications: Sequence[Notification]) -> Mapping[int, Content]:
        return post_contents_for_each(notifications, quoted=True)

    def answer(self, event: Event, user: Any, text: str) -> None:
        answer_post(user, event.target_id, text)
