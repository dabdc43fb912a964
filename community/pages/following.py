"""How closely somebody follows a group or a post, as their menus show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.models import Level
from notifications.steering.levels import Followed, place_level, thread_level

from ..models import Group, Post

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words = Mapping[Level, "_StrPromise"]

_ICONS = {Level.WATCHING: "eye", Level.NORMAL: "bell", Level.MUTED: "bell-slash"}
_NOTHING = _("Nothing from here, not even when somebody mentions you.")
_OF_GROUP: Words = {
    Level.WATCHING: _("A mail for each new post, and every comment in your inbox."),
    Level.NORMAL: _("New posts in your inbox, and whatever concerns you."),
    Level.MUTED: _NOTHING,
}
_OF_POST: Words = {
    Level.WATCHING: _("Every comment reaches you."),
    Level.NORMAL: _("What concerns you: answers, mentions, and what happens to your own post."),
    Level.MUTED: _NOTHING,
}


@dataclass(frozen=True, slots=True)
class Option:
    level: Level
    words: "_StrPromise"
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Following:
    """For `partials/follow_menu.html`."""

    id: str
    url: str
    followed: Followed
    words: Words

    @property
    def icon(self) -> str:
        return _ICONS[self.followed.level]

    @property
    def options(self) -> list[Option]:
        return [
            Option(level, words, _ICONS[level], level == self.followed.level)
            for level, words in self.words.items()
        ]


def following_group(user: User, group: Group) -> Following:
    url = reverse("watch-group", args=[group.slug])
    return Following(f"follow-group-{group.pk}", url, Followed(place_level(user, group.pk)), _OF_GROUP)


def following_post(user: User, post: Post) -> Following:
    url = reverse("watch-post", args=[post.pk])
    followed = thread_level(user, "post", post.pk, post.group_id)
    return Following(f"follow-post-{post.pk}", url, followed, _OF_POST)
