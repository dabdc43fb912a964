"""How an announcement is told: one event for its audience, which the engine serves in chunks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from community.engagement.contents import place_of
from community.text import excerpt
from notifications.kinds import Content, Fact, Kind, Words
from notifications.models import Event, Notification

from .audience import people_of, strangers
from .models import Announcement


class Announced(Kind):
    type = "ANNOUNCEMENT"
    label = _("Whoever looks after this site announces something")
    sentence = ngettext_lazy("%(actors)s announced %(thing)s", "%(actors)s announced %(thing)s", "people")
    discreet = _("There is an announcement in a private group")
    reason = _("Because it is meant for you, among others")
    icon = "megaphone"
    button = _("Read it on the site")
    priority = Notification.Priority.AROUND_YOU
    is_audience = True
    for_the_site = True

    def target(self, obj: Announcement) -> tuple[str, int]:
        return "announcement", obj.pk

    def place_id(self, obj: Announcement) -> int | None:
        return obj.group_id

    def actor_id(self, obj: Announcement) -> int:
        return obj.author_id

    def happens_at(self, obj: Announcement) -> datetime | None:
        return obj.starts_at or obj.scheduled_at

    def expires_at(self, obj: Announcement) -> datetime | None:
        return obj.expires_at

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return Announcement.objects.filter(confirmed_at__range=(since, until), stopped_at=None)

    def audience(self, event: Event) -> QuerySet[Any]:
        announcement = Announcement.objects.filter(pk=event.target_id, stopped_at=None).first()
        return User.objects.none() if announcement is None else people_of(announcement)

    def mails(self, event: Event) -> bool:
        return Announcement.objects.filter(pk=event.target_id, by_mail=True).exists()

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        there = Announcement.objects.filter(stopped_at=None).in_bulk({fact.target_id for fact in facts})
        refused: dict[int, Event.Outcome] = {}
        wanted: dict[int, set[Announcement]] = defaultdict(set)
        for fact in facts:
            announcement = there.get(fact.target_id)
            if announcement is None or announcement.is_over():
                refused[fact.id] = Event.Outcome.GONE
            else:
                wanted[fact.recipient_id].add(announcement)
        hidden = strangers(wanted)
        return refused | {
            fact.id: Event.Outcome.HIDDEN for fact in facts if (fact.recipient_id, fact.target_id) in hidden
        }

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        visible = Announcement.objects.visible_to(user).filter(stopped_at=None).select_related("group")
        announcements = visible.in_bulk({row.target_id for row in notifications})
        return {
            row.pk: _content(announcement)
            for row in notifications
            if (announcement := announcements.get(row.target_id)) and not _is_missed(announcement, row)
        }


def _is_missed(announcement: Announcement, row: Notification) -> bool:
    """Its time was over before it was read; the row is about to be taken away."""
    return announcement.is_over() and row.read_at is None and row.saved_at is None


def _content(announcement: Announcement) -> Content:
    return Content(
        thing=announcement.title,
        url=announcement.get_absolute_url(),
        said=excerpt(announcement.content_html),
        words=Words(announcement.content, announcement.content_html),
        extra={"link": _absolute(announcement.link)},
        **(place_of(announcement.group) if announcement.group else {"list_id": "announcements"}),
    )


def _absolute(link: str) -> str:
    return f"{settings.SITE_URL}{link}" if link.startswith("/") else link


ANNOUNCED = Announced()
