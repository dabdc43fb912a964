"""What a reader may see of the posts and comments that notifications are about."""

from collections.abc import Sequence
from datetime import timedelta

from accounts.models import User
from notifications.kinds import Content, fact_of
from notifications.models import Notification

from ..models import Comment, Post
from ..models.comments import CommentQuerySet
from ..models.posts import PostQuerySet
from ..text import excerpt
from ..visibility import hidden_comments, hidden_posts

A_DAY = timedelta(hours=24)
A_MONTH = timedelta(days=30)


def post_content(post: Post, *, said: str = "", url: str = "") -> Content:
    return Content(
        thing=post.headline,
        url=url or post.get_absolute_url(),
        said=said,
        thread=f"post.{post.pk}",
        list_id=post.group.slug if post.group else "",
    )


def comment_contents(rows: Sequence[Notification], user: User) -> dict[int, Content]:
    return _of_comments(rows, Comment.objects.visible_to(user))


def post_contents(rows: Sequence[Notification], user: User, *, quoted: bool = False) -> dict[int, Content]:
    return _of_posts(rows, Post.objects.visible_to(user), quoted=quoted)


def comment_contents_for_each(rows: Sequence[Notification]) -> dict[int, Content]:
    """For rows of many people: who may see what is asked for all of them at once."""
    hidden = hidden_comments([fact_of(row) for row in rows])
    return _of_comments([row for row in rows if row.pk not in hidden], Comment.objects.all())


def post_contents_for_each(rows: Sequence[Notification], *, quoted: bool = False) -> dict[int, Content]:
    """Likewise."""
    hidden = hidden_posts([fact_of(row) for row in rows])
    return _of_posts([row for row in rows if row.pk not in hidden], Post.objects.all(), quoted=quoted)


def _of_comments(rows: Sequence[Notification], comments: CommentQuerySet) -> dict[int, Content]:
    found = comments.present().select_related("post__group").in_bulk({row.object_id for row in rows})
    made = {
        pk: post_content(comment.post, said=excerpt(comment.content_html), url=comment.get_absolute_url())
        for pk, comment in found.items()
    }
    return {row.pk: made[row.object_id] for row in rows if row.object_id in made}


def _of_posts(rows: Sequence[Notification], posts: PostQuerySet, *, quoted: bool) -> dict[int, Content]:
    found = posts.select_related("group").in_bulk({row.target_id for row in rows})
    made = {
        pk: post_content(post, said=excerpt(post.content_html) if quoted else "")
        for pk, post in found.items()
    }
    return {row.pk: made[row.target_id] for row in rows if row.target_id in made}
