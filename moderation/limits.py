"""What new members may do a day. It is counted under the lock that their writing takes, so exactly."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from community.judging import Writing
from community.models import Comment, Post
from community.text import mentioned_usernames

from .matching import links_in

A_DAY = timedelta(days=1)


def check_limits(writing: Writing) -> None:
    """Raises ValidationError, at the field where that is one."""
    if writing.what == "group" or not settings.NEW_MEMBERS_LIMITED or not is_new(writing):
        return
    text = "\n".join(writing.fields.values())
    mentions, links = len(mentioned_usernames(text)), links_in(text)
    if mentions > settings.NEW_MEMBER_MENTIONS_AT_ONCE:
        raise ValidationError({"content": _("These are many people at once. New members call a few.")})
    since, changed = writing.at - A_DAY, writing.thing.pk if writing.thing else 0
    posts = Post.objects.filter(author=writing.user, created_at__gt=since)
    comments = Comment.objects.filter(author=writing.user, created_at__gt=since)
    if writing.what == "post":
        posts = posts.exclude(pk=changed)
    else:
        comments = comments.exclude(pk=changed)
    if writing.thing is None:
        of_its_kind, most = (
            (posts.count(), settings.NEW_MEMBER_POSTS)
            if writing.what == "post"
            else (comments.count(), settings.NEW_MEMBER_COMMENTS)
        )
        if of_its_kind >= most:
            raise ValidationError(_("You wrote a lot today. New members go on tomorrow."))
    if mentions or links:
        before = [*posts.values_list("content", flat=True), *comments.values_list("content", flat=True)]
        _check_reach(mentions, links, before)


def _check_reach(mentions: int, links: int, before: list[str]) -> None:
    if links and links + sum(map(links_in, before)) > settings.NEW_MEMBER_LINKS:
        raise ValidationError({"content": _("These are many links for one day. New members post a few.")})
    called = mentions + sum(len(mentioned_usernames(text)) for text in before)
    if mentions and called > settings.NEW_MEMBER_MENTIONS:
        raise ValidationError({"content": _("You called many people today. New members go on tomorrow.")})


def is_new(writing: Writing) -> bool:
    """Until one has been here for some days, and some of what one wrote stands."""
    user: User = writing.user
    if user.is_staff:
        return False
    if user.date_joined > writing.at - timedelta(days=settings.NEW_MEMBER_DAYS):
        return True
    wanted = settings.NEW_MEMBER_APPROVED
    standing = len(Post.objects.filter(author=user, withheld="").values_list("pk")[:wanted])
    if standing < wanted:
        standing += len(Comment.objects.public().filter(author=user).values_list("pk")[:wanted])
    return bool(standing < wanted)
