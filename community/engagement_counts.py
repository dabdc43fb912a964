"""The numbers beside a post, for a whole page of posts at once: three queries whatever its length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q

from accounts.models import User

from .models import Bookmark, Comment, Post, PostReaction


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with what everybody did to it, and what its viewer did."""

    post: Post
    reactions: Mapping[str, int]  # every type, in the order of the buttons
    comments_count: int
    bookmarks_count: int
    my_reactions: frozenset[str]
    bookmarked: bool

    @property
    def likes_count(self) -> int:
        """Likes alone: the other reactions have numbers of their own."""
        return self.reactions[PostReaction.Type.LIKE]

    @property
    def liked(self) -> bool:
        return PostReaction.Type.LIKE in self.my_reactions


def with_engagement(posts: Sequence[Post], viewer: User | AnonymousUser) -> list[PostView]:
    """The same posts in the same order. Whether `viewer` may see them is the caller's to know."""
    ids = [post.pk for post in posts]
    if not ids:
        return []
    mine = Count("pk", filter=Q(user_id=viewer.pk or 0))
    reactions: dict[int, dict[str, int]] = {pk: dict.fromkeys(PostReaction.Type.values, 0) for pk in ids}
    my_reactions: dict[int, set[str]] = {pk: set() for pk in ids}
    for pk, reaction_type, count, is_mine in (
        PostReaction.objects.filter(post_id__in=ids)
        .values_list("post_id", "reaction_type")
        .annotate(count=Count("pk"), mine=mine)
    ):
        reactions[pk][reaction_type] = count
        if is_mine:
            my_reactions[pk].add(reaction_type)
    comments = dict(
        Comment.objects.public()
        .filter(post_id__in=ids)
        .values_list("post_id")
        .annotate(count=Count("pk"))
        .values_list("post_id", "count")
    )
    bookmarks = {
        pk: (count, bool(is_mine))
        for pk, count, is_mine in Bookmark.objects.filter(post_id__in=ids)
        .values_list("post_id")
        .annotate(count=Count("pk"), mine=mine)
    }
    return [
        PostView(
            post=post,
            reactions=reactions[post.pk],
            comments_count=comments.get(post.pk, 0),
            bookmarks_count=bookmarks.get(post.pk, (0, False))[0],
            my_reactions=frozenset(my_reactions[post.pk]),
            bookmarked=bookmarks.get(post.pk, (0, False))[1],
        )
        for post in posts
    ]
