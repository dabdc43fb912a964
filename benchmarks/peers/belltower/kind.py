"""A like of the stage, as a kind of notification."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from benchmarks.peers.stage.models import Like, Post
from notifications.kinds import Content, Fact, Kind
from notifications.models import Category, Event, Notification, NotificationPreference
from notifications.service import NotificationService


class Liked(Kind):
    type = "STAGE_LIKE"
    label = _("Somebody liked your post")
    sentence = _("%(actors)s liked %(thing)s")
    reason = _("Because you wrote it")

    def target(self, obj: Like) -> tuple[str, int]:
        return "stage_post", obj.post_id

    def actor_id(self, obj: Like) -> int:
        return obj.person_id

    def recipients(self, obj: Like) -> Iterable[int]:
        return [obj.post.author_id]

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        there = set(
            Like.objects.filter(pk__in={fact.object_id for fact in facts}).values_list("pk", flat=True)
        )
        return {fact.id: Event.Outcome.GONE for fact in facts if fact.object_id not in there}

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        posts = Post.objects.in_bulk({row.target_id for row in notifications})
        return {
            row.pk: Content(posts[row.target_id].title, "/posts/", thread=f"post.{row.target_id}")
            for row in notifications
            if row.target_id in posts
        }


LIKED = Liked()


def tell(like: Like) -> None:
    NotificationService.emit(LIKED, like)


def told() -> list[tuple[int, float]]:
    """A row's own time is that of what happened; the end of its event is when it came to the inbox."""
    ends = {pk: ended_at for pk, ended_at in Event.objects.values_list("pk", "ended_at") if ended_at}
    rows = Notification.objects.filter(kind=LIKED.type).values_list("target_id", "event_id")
    return [(post, ends[event].timestamp()) for post, event in rows]


def choose(people: Iterable[int]) -> None:
    NotificationPreference.objects.bulk_create(
        NotificationPreference(user_id=pk, notification_type=Category.COMMUNITY) for pk in people
    )
