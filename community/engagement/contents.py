"""What a reader may see of the posts and comments that notifications are about."""

from collections.abc import Sequence
from datetime import timedelta

from accounts.models import User
from notifications.kinds import Content
from notifications.models import Notification

from ..models import Comment, Post
from ..text import excerpt

A_DAY = timedelta(hours=24)


def post_content(post: Post, *, said: str = "", url: str = "") -> Content:
    return Content(
        thing=post.headline,
        url=url or post.get_absolute_url(),
        said=said,
        thread=f"post.{post.pk}",
        list_id=post.group.slug if post.group else "",
    )


def comment_contents(rows: Sequence[Notification], user: User) -> dict[int, Content]:
    comments = (
        Comment.objects.visible_to(user)
        .present()
        .select_related("post__group")
        .in_bulk({r.object_id for r in rows})
    )
    return {
        row.pk: post_content(comment.post, said=excerpt(comment.content_html), url=comment.get_absolute_url())
        for row in rows
        if (comment := comments.get(row.object_id))
    }


def post_contents(rows: Sequence[Notification], user: User, *, quoted: bool = False) -> dict[int, Content]:
    posts = Post.objects.visible_to(user).select_related("group").in_bulk({row.target_id for row in rows})
    return {
        row.pk: post_content(post, said=excerpt(post.content_html) if quoted else "")
        for row in rows
        if (post := posts.get(row.target_id))
    }
