"""What a reader may see of the posts and comments that notifications are about."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.functional import lazy

from accounts.models import User
from notifications.kinds import Answered, Content, Words, fact_of
from notifications.models import Notification

from ..models import Comment, Group, Post
from ..models.comments import CommentQuerySet
from ..models.posts import PostQuerySet
from ..text import excerpt
from ..visibility import hidden_comments, hidden_posts

A_DAY = timedelta(hours=24)
A_MONTH = timedelta(days=30)


_beginning = lazy(excerpt, str)  # for mails alone, and not worth the time on a page


def post_content(
    post: Post,
    *,
    said: str = "",
    url: str = "",
    words: Words | None = None,
    answered: Post | Comment | None = None,
) -> Content:
    return Content(
        thing=post.headline,
        url=url or post.get_absolute_url(),
        said=said,
        words=words,
        answered=Answered(answered.author_id, _beginning(answered.content_html)) if answered else None,
        thread=f"post.{post.pk}",
        **(place_of(post.group) if post.group else {}),
    )


def place_of(group: Group) -> dict[str, Any]:
    """What mails are filed by. That of a private group has no words in it, whatever else may be mailed."""
    if group.is_private:
        kept = group.keeps_words
        return {"list_id": f"group-{group.pk}", "list_name": "" if kept else group.name, "keeps_words": kept}
    return {"list_id": group.slug, "list_name": group.name}


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
    with_context = comments.present().select_related("post__group", "parent")
    found = with_context.in_bulk({row.object_id for row in rows})
    made = {pk: _comment_content(comment) for pk, comment in found.items()}
    return {row.pk: made[row.object_id] for row in rows if row.object_id in made}


def _of_posts(rows: Sequence[Notification], posts: PostQuerySet, *, quoted: bool) -> dict[int, Content]:
    found = posts.select_related("group").in_bulk({row.target_id for row in rows})
    made = {pk: _quoted(post) if quoted else _mine(post) for pk, post in found.items()}
    return {row.pk: made[row.target_id] for row in rows if row.target_id in made}


def _comment_content(comment: Comment) -> Content:
    return post_content(
        comment.post,
        said=excerpt(comment.content_html),
        url=comment.get_absolute_url(),
        words=Words(comment.content, comment.content_html),
        answered=comment.parent,
    )


def _quoted(post: Post) -> Content:
    """What somebody else wrote."""
    return post_content(post, said=excerpt(post.content_html), words=Words(post.content, post.content_html))


def _mine(post: Post) -> Content:
    """What the reader wrote."""
    return post_content(post, answered=post)
