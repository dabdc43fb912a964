"""Rows become sentences, when somebody looks: for the inbox, the API and the mail alike.

Nothing is said of what the reader may not see at that moment. A page takes a fixed number of queries:
one for the people named, and those of each kind on it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import kinds
from .kinds import Content, Kind
from .models import DecidedBy, Notification
from .steering.fewer import change_for

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

BECAUSE_WATCHED = {
    DecidedBy.WATCHED_THREAD.value: gettext_lazy("Because you watch this post"),
    DecidedBy.WATCHED_PLACE.value: gettext_lazy("Because you watch this group"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One notification as its reader sees it. `content` is None for what is gone or hidden by now."""

    notification: Notification
    kind: Kind | None
    actors: list[Any]
    content: Content | None

    def outside(self) -> "Shown":
        """The same for what leaves the site: no names and no words of a place that keeps them to itself."""
        if self.kind is None or self.content is None or not self.content.keeps_words:
            return self
        there, sentence = self.content, self.content.extra.get("discreet", self.kind.discreet)
        bare = Content(
            thing="", url=there.bare_url or there.url, thread=there.thread, list_id=there.list_id,
            keeps_words=True, extra={"sentence": sentence},
        )  # fmt: skip
        return replace(self, actors=[], content=bare)

    @property
    def title(self) -> str:
        """Plain text."""
        if self.kind is None or self.content is None:
            return _("Something that is no longer here")
        thing = _("“%(thing)s”") % {"thing": self.content.thing}
        return self._sentence(self.kind, self.content) % {"actors": self._actors(), "thing": thing}

    @property
    def title_html(self) -> SafeString:
        """The same for a page: the people strong, the thing emphasised."""
        if self.kind is None or self.content is None:
            return escape(self.title)
        return mark_safe(  # nosec B308 B703 # escaped or our own text
            escape(self._sentence(self.kind, self.content))
            % {
                "actors": format_html("<strong>{}</strong>", self._actors()),
                "thing": format_html("<em>{}</em>", self.content.thing),
            }
        )

    def _sentence(self, kind: Kind, content: Content) -> str:
        """With the people and the thing left open."""
        sentence: Any = content.extra.get("sentence", kind.sentence)
        left_open = {"actors": "%(actors)s", "thing": "%(thing)s"}
        return str(sentence % ({"people": self.notification.actors_count} | left_open))

    @property
    def people(self) -> str:
        """Who it was, by itself."""
        return self._actors()

    @property
    def message(self) -> str:
        """What was said, else the sentence again."""
        return self.content.said if self.content and self.content.said else self.title

    @property
    def said(self) -> str:
        return self.content.said if self.content else ""

    @property
    def url(self) -> str:
        return self.content.url if self.content else ""

    @property
    def reason(self) -> str:
        if self.kind is None or self.content is None:
            return ""
        return str(BECAUSE_WATCHED.get(self.notification.decided_by, self.kind.reason))

    @property
    def fewer(self) -> str:
        """What “fewer of these” would do."""
        if self.kind is None:
            return ""
        return str(change_for(self.kind, DecidedBy(self.notification.decided_by), by_mail=False).label)

    def _actors(self) -> str:
        """“Ben Okafor”, “Ben and Chloe”, “Ben, Chloe and 12 others”."""
        count = self.notification.actors_count
        if self.kind and self.kind.anonymous:
            return ngettext("Somebody", "%(count)d people", count) % {"count": count}
        if not self.actors:
            return _("Somebody")
        if count == 1:
            return str(self.actors[0])
        names = [actor.get_short_name() for actor in self.actors]
        if len(names) == 1:
            first, others = names[0], count - 1
        elif count == 2:
            return _("%(one)s and %(two)s") % {"one": names[0], "two": names[1]}
        else:
            first, others = _("%(one)s, %(two)s") % {"one": names[0], "two": names[1]}, count - 2
        return ngettext("%(names)s and %(count)d other", "%(names)s and %(count)d others", others) % {
            "names": first,
            "count": others,
        }


def render(notifications: Sequence[Notification], user: "AbstractUser") -> list[Shown]:
    """In the order given."""
    contents: dict[int, Content] = {}
    for kind, some in _by_kind(notifications):
        contents.update(kind.contents(some, user))
    return _shown(notifications, contents)


def render_for_each(notifications: Sequence[Notification]) -> list[Shown]:
    """For rows of many people, each as its recipient may see it; in the language that is active."""
    contents: dict[int, Content] = {}
    for kind, some in _by_kind(notifications):
        contents.update(kind.contents_for_each(some))
    return _shown(notifications, contents)


def _by_kind(notifications: Sequence[Notification]) -> Iterator[tuple[Kind, list[Notification]]]:
    """Without rows of kinds that this version of the site does not know."""
    by_kind: dict[str, list[Notification]] = defaultdict(list)
    for notification in notifications:
        by_kind[notification.kind].append(notification)
    for type_name, some in by_kind.items():
        if kind := kinds.get(type_name):
            yield kind, some


def _shown(notifications: Sequence[Notification], contents: Mapping[int, Content]) -> list[Shown]:
    people = get_user_model().objects.in_bulk({pk for row in notifications for pk in row.actor_ids if pk})
    return [
        Shown(
            notification=row,
            kind=kinds.get(row.kind),
            actors=[people[pk] for pk in row.actor_ids if pk in people],
            content=contents.get(row.pk),
        )
        for row in notifications
    ]
