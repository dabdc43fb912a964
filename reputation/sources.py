"""What happened in the community, as acts; and whose standing may have to change."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from community.models import Comment, Post, PostReaction

from .models import OF_COMMENTS, Entry
from .rules import NEW_FOR, Act, Cause


def acts_of(person: User) -> list[Act]:
    """All that could bring points to `person`, in three queries: nothing done with one's own things."""
    return [*_posts(person), *_comments(person), *_thanks(person)]


def _posts(person: User) -> Iterator[Act]:
    for pk, at in Post.objects.public().filter(author=person).values_list("pk", "created_at"):
        yield Act(Cause.POST, pk, 0, at)


def _comments(person: User) -> Iterator[Act]:
    rows = _public_comments().filter(author=person)
    columns = rows.values_list("pk", "created_at", "post__author_id", "post__author__date_joined")
    for pk, at, author_id, joined in columns:
        yield Act(Cause.COMMENT, pk, 0, at)
        if at <= joined + NEW_FOR:
            yield Act(Cause.WELCOME, pk, author_id, at)


def _thanks(person: User) -> Iterator[Act]:
    rows = _public_reactions().filter(post__author=person)
    for post_id, user_id, at in rows.values_list("post_id", "user_id", "created_at"):
        yield Act(Cause.THANKS, post_id, user_id, at)


def _public_comments() -> QuerySet[Comment]:
    """On others' posts."""
    shown = Comment.objects.public().filter(_of_public_post())
    return shown.exclude(author_id=F("post__author_id"))


def _public_reactions() -> QuerySet[PostReaction]:
    """To others' posts."""
    return PostReaction.objects.filter(_of_public_post()).exclude(user_id=F("post__author_id"))


def _of_public_post() -> Q:
    return Q(post__withheld="") & (Q(post__group=None) | Q(post__group__withheld=""))


def people_with_news(since: datetime, until: datetime) -> set[int]:
    """Of whom something of that time is not in the ledger."""
    written = {"created_at__range": (since, until)}
    posts = Post.objects.public().filter(~_entry(Cause.POST, "pk"), **written)
    comments = _public_comments().filter(~_entry(Cause.COMMENT, "pk"), **written)
    thanks = _public_reactions().filter(~_entry(Cause.THANKS, "post_id", other="user_id"), **written)
    return {
        *posts.values_list("author_id", flat=True),
        *comments.values_list("author_id", flat=True),
        *thanks.values_list("post__author_id", flat=True),
    }


def people_with_less(newest: int) -> set[int]:
    """Of whose newest entries (so many of all people) the cause is gone or hidden."""
    ids = list(Entry.objects.order_by("-pk").values_list("pk", flat=True)[:newest])
    if not ids:
        return set()
    entries = Entry.objects.open().filter(pk__gte=ids[-1], person__isnull=False)
    thanked = _public_reactions().filter(post_id=OuterRef("thing_id"), user_id=OuterRef("other_id"))
    gone = (
        (Q(cause=Cause.POST) & ~_there(Post.objects.public()))
        | (Q(cause__in=OF_COMMENTS) & ~_there(_public_comments()))
        | (Q(cause=Cause.THANKS) & ~Exists(thanked))
    )
    return set(entries.filter(gone).values_list("person_id", flat=True))


def _there(things: QuerySet[Any]) -> Exists:
    return Exists(things.filter(pk=OuterRef("thing_id")))


def _entry(cause: Cause, thing: str, *, other: str = "") -> Exists:
    rows = Entry.objects.open().filter(cause=cause, thing_id=OuterRef(thing))
    return Exists(rows.filter(other_id=OuterRef(other)) if other else rows)
