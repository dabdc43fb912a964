"""What the community notifies of. Each kind says whom a fact concerns, and what they may see of it.

Who is concerned for several reasons hears of a comment once, for the strongest:
mention > reply > comment > post in a group.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.kinds import Content, Fact, Kind
from notifications.kinds import register as register_kind
from notifications.models import Event, Notification

from .models import Bookmark, Comment, Group, GroupMembership, Post, PostReaction
from .text import excerpt, mentioned_users
from .visibility import hidden_comments, hidden_groups, hidden_posts, without

A_DAY = timedelta(hours=24)


def _post_content(post: Post, *, said: str = "", url: str = "") -> Content:
    return Content(
        thing=post.headline,
        url=url or post.get_absolute_url(),
        said=said,
        thread=f"post.{post.pk}",
        list_id=post.group.slug if post.group else "",
    )


def _comment_contents(rows: Sequence[Notification], user: User) -> dict[int, Content]:
    comments = (
        Comment.objects.visible_to(user)
        .present()
        .select_related("post__group")
        .in_bulk({r.object_id for r in rows})
    )
    return {
        row.pk: _post_content(
            comment.post, said=excerpt(comment.content_html), url=comment.get_absolute_url()
        )
        for row in rows
        if (comment := comments.get(row.object_id))
    }


def _post_contents(rows: Sequence[Notification], user: User, *, quoted: bool = False) -> dict[int, Content]:
    posts = Post.objects.visible_to(user).select_related("group").in_bulk({row.target_id for row in rows})
    return {
        row.pk: _post_content(post, said=excerpt(post.content_html) if quoted else "")
        for row in rows
        if (post := posts.get(row.target_id))
    }


class _PostKind(Kind):
    """Something that happened to a post, by a button that can be pressed again."""

    toggles = True

    def target(self, obj: Any) -> tuple[str, int]:
        return "post", obj.post_id

    def recipients(self, obj: Any) -> Iterable[int]:
        return [obj.post.author_id]

    def key(self, obj: Any, recipient_id: int | None) -> str:
        # The person and the post, not the row: pressed twice, or in two ways, it is one fact.
        return f"{self.type}:{obj.user_id}:post.{obj.post_id}"

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        return _post_contents(notifications, user)


class Liked(_PostKind):
    type = "LIKE"
    label = _("Somebody reacted to your post")
    sentence = _("%(actors)s liked %(thing)s")
    reason = _("Because you wrote it")
    icon = "like"
    mail_gap = A_DAY
    mail_expires_after = A_DAY

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return PostReaction.objects.filter(created_at__range=(since, until)).select_related("post")

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        there = PostReaction.objects.filter(
            post_id__in={fact.target_id for fact in facts}, user_id__in={fact.actor_id for fact in facts}
        ).values_list("user_id", "post_id")
        return hidden_posts(facts) | without(facts, set(there), lambda fact: (fact.actor_id, fact.target_id))


class Bookmarked(_PostKind):
    type = "BOOKMARK"
    label = _("Somebody bookmarked your post")
    sentence = _("%(actors)s bookmarked %(thing)s")
    reason = _("Because you wrote it")
    icon = "bookmark"
    channels = frozenset()
    anonymous = True
    priority = Notification.Priority.AROUND_YOU

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return Bookmark.objects.filter(created_at__range=(since, until)).select_related("post")

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        there = Bookmark.objects.filter(
            post_id__in={fact.target_id for fact in facts}, user_id__in={fact.actor_id for fact in facts}
        ).values_list("user_id", "post_id")
        return hidden_posts(facts) | without(facts, set(there), lambda fact: (fact.actor_id, fact.target_id))


class _CommentKind(Kind):
    def target(self, obj: Comment) -> tuple[str, int]:
        return "post", obj.post_id

    def actor_id(self, obj: Comment) -> int:
        return obj.author_id

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return (
            Comment.objects.present()
            .filter(created_at__range=(since, until))
            .select_related("post", "parent")
        )

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        return hidden_comments(facts)

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        return _comment_contents(notifications, user)


class Commented(_CommentKind):
    type = "COMMENT"
    label = _("Somebody commented on your post")
    sentence = _("%(actors)s commented on %(thing)s")
    reason = _("Because you wrote it")
    icon = "chat-bubble-left"

    def recipients(self, obj: Comment) -> Iterable[int]:
        stronger = {
            obj.parent.author_id if obj.parent else None,
            *(u.pk for u in mentioned_users(obj.content)),
        }
        return [] if obj.post.author_id in stronger else [obj.post.author_id]


class Replied(_CommentKind):
    type = "REPLY"
    label = _("Somebody replied to your comment")
    sentence = _("%(actors)s replied to your comment on %(thing)s")
    reason = _("Because it answers you")
    icon = "arrow-uturn-left"

    def recipients(self, obj: Comment) -> Iterable[int]:
        if obj.parent is None or obj.parent.author_id in {user.pk for user in mentioned_users(obj.content)}:
            return []
        return [obj.parent.author_id]


class Mentioned(Kind):
    """By @name in a comment or in a post."""

    type = "MENTION"
    label = _("Somebody mentioned you")
    sentence = _("%(actors)s mentioned you in %(thing)s")
    reason = _("Because you were mentioned")
    icon = "at-symbol"
    priority = Notification.Priority.NEEDS_YOU

    def target(self, obj: Post | Comment) -> tuple[str, int]:
        return "post", obj.pk if isinstance(obj, Post) else obj.post_id

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
        comments = Comment.objects.present().filter(created_at__range=(since, until), content__contains="@")
        return comments.select_related("post__group")

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        in_posts = [fact for fact in facts if fact.object_id == 0]
        in_comments = [fact for fact in facts if fact.object_id != 0]
        return {**hidden_posts(in_posts), **hidden_comments(in_comments)}

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        in_posts = [row for row in notifications if row.object_id == 0]
        in_comments = [row for row in notifications if row.object_id != 0]
        posts = _post_contents(in_posts, user, quoted=True) if in_posts else {}
        comments = _comment_contents(in_comments, user) if in_comments else {}
        return {**posts, **comments}


class PostedInGroup(Kind):
    type = "GROUP_POST"
    label = _("Somebody posted in one of your groups")
    sentence = _("%(actors)s posted %(thing)s")
    reason = _("Because you are in this group")
    icon = "document-text"
    channels = frozenset()
    priority = Notification.Priority.AROUND_YOU
    is_audience = True

    def target(self, obj: Post) -> tuple[str, int]:
        return "post", obj.pk

    def actor_id(self, obj: Post) -> int:
        return obj.author_id

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return Post.objects.filter(created_at__range=(since, until), group__isnull=False)

    def audience(self, event: Event) -> QuerySet[Any]:
        post = Post.objects.filter(pk=event.target_id).first()
        if post is None or post.group_id is None:
            return GroupMembership.objects.none()
        elsewhere = {post.author_id, *(user.pk for user in mentioned_users(post.content))}
        return GroupMembership.objects.active().filter(group_id=post.group_id).exclude(user_id__in=elsewhere)

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        return _post_contents(notifications, user, quoted=True)


class JoinedGroup(Kind):
    """Tells the people who look after a group of who came, and of who asks to."""

    type = "GROUP_JOIN"
    label = _("Somebody joined a group you look after")
    sentence = _("%(actors)s joined %(thing)s")
    asks = _("%(actors)s asks to join %(thing)s")
    reason = _("Because you look after this group")
    icon = "user-plus"
    toggles = True
    mail_gap = A_DAY

    def target(self, obj: GroupMembership) -> tuple[str, int]:
        return "group", obj.group_id

    def recipients(self, obj: GroupMembership) -> Iterable[int]:
        return obj.group.memberships.caretakers().values_list("user_id", flat=True)

    def key(self, obj: GroupMembership, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.user_id}:group.{obj.group_id}:{recipient_id}"

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return (
            GroupMembership.objects.filter(joined_at__range=(since, until))
            .exclude(role=GroupMembership.Role.OWNER)
            .select_related("group")
        )

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        there = GroupMembership.objects.filter(
            group_id__in={fact.target_id for fact in facts}, user_id__in={fact.actor_id for fact in facts}
        ).values_list("user_id", "group_id")
        return hidden_groups(facts) | without(facts, set(there), lambda fact: (fact.actor_id, fact.target_id))

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        groups = Group.objects.visible_to(user).in_bulk({row.target_id for row in notifications})
        asking = set(
            GroupMembership.objects.requested()
            .filter(pk__in={row.object_id for row in notifications})
            .values_list("pk", flat=True)
        )
        return {
            row.pk: Content(
                thing=group.name,
                url=group.get_absolute_url(),
                thread=f"group.{group.pk}",
                list_id=group.slug,
                extra={"sentence": self.asks} if row.object_id in asking else {},
            )
            for row in notifications
            if (group := groups.get(row.target_id))
        }


class AcceptedInGroup(Kind):
    """Tells whoever asked to join a private group that the answer is yes."""

    type = "GROUP_ACCEPT"
    label = _("A group you asked to join took you in")
    sentence = _("You are now a member of %(thing)s")
    reason = _("Because you asked to join")
    icon = "check"
    notifies_actor = True

    def target(self, obj: GroupMembership) -> tuple[str, int]:
        return "group", obj.group_id

    def recipients(self, obj: GroupMembership) -> Iterable[int]:
        return [obj.user_id]

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        return hidden_groups(facts)

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        groups = Group.objects.visible_to(user).in_bulk({row.target_id for row in notifications})
        return {
            row.pk: Content(
                thing=group.name, url=group.get_absolute_url(), thread=f"group.{group.pk}", list_id=group.slug
            )
            for row in notifications
            if (group := groups.get(row.target_id))
        }


LIKED, BOOKMARKED = Liked(), Bookmarked()
COMMENTED, REPLIED, MENTIONED = Commented(), Replied(), Mentioned()
POSTED_IN_GROUP, JOINED_GROUP, ACCEPTED_IN_GROUP = PostedInGroup(), JoinedGroup(), AcceptedInGroup()


def register() -> None:
    for kind in (
        LIKED, BOOKMARKED, COMMENTED, REPLIED, MENTIONED, POSTED_IN_GROUP, JOINED_GROUP, ACCEPTED_IN_GROUP,
    ):  # fmt: skip
        register_kind(kind)
