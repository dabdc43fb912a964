"""What is shown of somebody's reputation, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Comment, Post
from notifications.sql import among

from .models import OF_COMMENTS, Award, Entry, Standing
from .rules import ONE_S_OWN, Cause, Day, Streak, streak

REASONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Reputation:
    """The total names nobody and nothing, so it is for everybody. Reasons are for those who may see them."""

    total: int
    streak: Streak
    awards: Sequence[Award]
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Reason:
    entry: Entry
    thing: str  # empty where it is gone, or not for the person's eyes any more
    url: str

    @property
    def points(self) -> int:
        return self.entry.points

    @property
    def cause(self) -> str:
        return self.entry.cause

    @property
    def label(self) -> str:
        label = str(Cause(self.entry.cause).label) if self.entry.cause in Cause.values else ""
        return _("taken back: %(cause)s") % {"cause": label} if self.entry.reverses_id else label

    @property
    def at(self) -> datetime:
        return self.entry.written_at if self.entry.reverses_id else self.entry.happened_at


def may_see(viewer: User | AnonymousUser, person: User, *, is_hidden: bool) -> bool:
    """Hidden by the person, or with the profile by the moderation: then it is theirs and the staff's."""
    return viewer.pk == person.pk or viewer.is_staff or not (is_hidden or person.profile_hidden)


def reputation_of(
    person: User, viewer: User | AnonymousUser, now: datetime | None = None
) -> Reputation | None:
    """None for what the viewer is not shown."""
    standing = Standing.objects.filter(pk=person.pk).first() or Standing(person=person)
    if not may_see(viewer, person, is_hidden=standing.is_hidden):
        return None
    awards = Award.objects.filter(person=person).order_by("earned_at", "pk")
    return Reputation(
        total=standing.total,
        streak=streak_of(person, now or timezone.now()),
        awards=[award for award in awards if award.rule],
        is_hidden=standing.is_hidden,
    )


def streak_of(person: User, now: datetime) -> Streak:
    entries = Entry.objects.open().of(person).filter(cause__in=ONE_S_OWN)
    days = [Day(at, date) for at, date in entries.values_list("happened_at", "local_date")]
    return streak(days, now.astimezone(ZoneInfo(person.time_zone)).date(), now)


def reasons_for(person: User, viewer: User | AnonymousUser) -> list[Reason]:
    """The newest, in three queries. Others read what counts and is about what they may see."""
    entries = Entry.objects.of(person).order_by("-pk")
    if viewer.pk != person.pk:
        entries = entries.open().visible_to(viewer)
    found = list(entries[:REASONS_SHOWN])
    posts = {entry.thing_id for entry in found if entry.cause not in OF_COMMENTS}
    comments = {entry.thing_id for entry in found if entry.cause in OF_COMMENTS}
    seen_posts = Post.objects.visible_to(viewer).in_bulk(list(posts))
    visible = Comment.objects.visible_to(viewer).present().filter(pk__in=among(comments))
    seen_comments = {comment.pk: comment for comment in visible.select_related("post")}
    reasons = []
    for entry in found:
        if entry.cause in OF_COMMENTS:
            comment = seen_comments.get(entry.thing_id)
            thing, url = (comment.post.headline, comment.get_absolute_url()) if comment else ("", "")
        else:
            post = seen_posts.get(entry.thing_id)
            thing, url = (post.headline, post.get_absolute_url()) if post else ("", "")
        reasons.append(Reason(entry, thing, url))
    return reasons
