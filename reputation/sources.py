"""What happened in the community, as acts; and which of it is new, or gone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from accounts.models import User
from community.models import Comment, Post, PostReaction
from community.models.comments import CommentQuerySet
from community.models.posts import PostQuerySet

from .models import OF_COMMENTS, Entry
from .rules import NEW_FOR, Act, Cause

Acts = Iterator[tuple[int, Act]]  # and whose they are
CHUNK = 500  # rows that are read at a time


def acts_of(person: User) -> list[Act]:
    """All that could bring points to `person`, in three queries: nothing done with one's own things."""
    posts = _of_posts(Post.objects.filter(author=person))
    comments = _of_comments(Comment.objects.filter(author=person))
    thanks = _of_reactions(PostReaction.objects.filter(post__author=person))
    return [act for acts in (posts, comments, thanks) for _person, act in acts]


def _of_posts(rows: PostQuerySet) -> Acts:
    for pk, author_id, at in rows.public().values_list("pk", "author_id", "created_at"):
        yield author_id, Act(Cause.POST, pk, 0, at)


def _of_comments(rows: CommentQuerySet) -> Acts:
    columns = ("pk", "author_id", "created_at", "post__author_id", "post__author__date_joined")
    for pk, author_id, at, to_id, joined in _public_comments(rows).values_list(*columns):
        yield author_id, Act(Cause.COMMENT, pk, 0, at)
        if at <= joined + NEW_FOR:
            yield author_id, Act(Cause.WELCOME, pk, to_id, at)


def _of_reactions(rows: QuerySet[PostReaction]) -> Acts:
    columns = ("post__author_id", "post_id", "user_id", "created_at")
    for author_id, post_id, user_id, at in _public_reactions(rows).values_list(*columns):
        yield author_id, Act(Cause.THANKS, post_id, user_id, at)


def _public_comments(rows: CommentQuerySet) -> CommentQuerySet:
    """On others' posts."""
    return rows.public().filter(_of_public_post()).exclude(author_id=F("post__author_id"))


def _public_reactions(rows: QuerySet[PostReaction]) -> QuerySet[PostReaction]:
    """To others' posts."""
    return rows.filter(_of_public_post()).exclude(user_id=F("post__author_id"))


def _of_public_post() -> Q:
    return Q(post__withheld="") & (Q(post__group=None) | Q(post__group__withheld=""))


class Chunk(NamedTuple):
    acts: list[tuple[int, Act]]
    place: int  # the key of its last row


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose new rows may bring points, read along its key."""

    rows: QuerySet[Any]
    _acts: Callable[[Any], Acts]

    def after(self, place: int) -> Chunk | None:
        """What comes next, whatever of it counts; None where nothing does."""
        following = self.rows.filter(pk__gt=place)
        keys = list(following.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        return Chunk(list(self._acts(following.filter(pk__lte=keys[-1]))), keys[-1]) if keys else None

    def last(self) -> int:
        return self.rows.aggregate(last=Max("pk"))["last"] or 0


SOURCES = (
    Source(Post.objects.all(), _of_posts),
    Source(Comment.objects.all(), _of_comments),
    Source(PostReaction.objects.all(), _of_reactions),
)


def people_with_less(newest: int) -> set[int]:
    """Of whose newest entries (so many of all people) the cause is gone or hidden."""
    ids = list(Entry.objects.order_by("-pk").values_list("pk", flat=True)[:newest])
    if not ids:
        return set()
    entries = Entry.objects.open().filter(pk__gte=ids[-1], person__isnull=False)
    thanked = _public_reactions(PostReaction.objects.all())
    gone = (
        (Q(cause=Cause.POST) & ~_there(Post.objects.public()))
        | (Q(cause__in=OF_COMMENTS) & ~_there(_public_comments(Comment.objects.all())))
        | (
            Q(cause=Cause.THANKS)
            & ~Exists(thanked.filter(post_id=OuterRef("thing_id"), user_id=OuterRef("other_id")))
        )
    )
    return set(entries.filter(gone).values_list("person_id", flat=True))


def _there(things: QuerySet[Any]) -> Exists:
    return Exists(things.filter(pk=OuterRef("thing_id")))
