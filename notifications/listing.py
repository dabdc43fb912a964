"""What the inbox page shows: one page of one tab, by day, in a fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Notification
from .models.notification import BADGE_LIMIT, NotificationQuerySet
from .paging import cursor_after, read_cursor, stamp
from .rendering import Shown, render

if TYPE_CHECKING:
    from django.http import QueryDict

PAGE = 30
Priority = Notification.Priority


class Tab(TextChoices):
    ALL = "all", gettext_lazy("All")
    UNREAD = "unread", gettext_lazy("Unread")
    NEEDS_YOU = "needs-you", gettext_lazy("Needs you")
    ABOUT_YOU = "about-you", gettext_lazy("About you")
    AROUND_YOU = "around-you", gettext_lazy("Around you")

    @property
    def priority(self) -> Notification.Priority | None:
        """None where it shows every priority."""
        return {
            Tab.NEEDS_YOU: Priority.NEEDS_YOU,
            Tab.ABOUT_YOU: Priority.ABOUT_YOU,
            Tab.AROUND_YOU: Priority.AROUND_YOU,
        }.get(self)

    def rows(self, user: Any) -> NotificationQuerySet:
        rows = Notification.objects.of(user).shown()
        if self is Tab.UNREAD:
            return rows.unread()
        return rows if self.priority is None else rows.filter(priority=self.priority)


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of the inbox is looked at; travels in the address, also of every form on the page."""

    tab: Tab = Tab.ALL
    before: str = ""

    @classmethod
    def read(cls, query: "QueryDict") -> "Place":
        """What is not known is left out: an old address still shows an inbox."""
        show, before = query.get("show", ""), query.get("before", "")
        return cls(Tab(show) if show in Tab.values else Tab.ALL, before if read_cursor(before) else "")

    @property
    def address(self) -> str:
        return reverse("inbox") + self.query()

    def query(self, **more: str | int) -> str:
        """`?show=unread&before=…`, or nothing."""
        parts = {"show": "" if self.tab is Tab.ALL else self.tab.value, "before": self.before} | more
        kept = {name: value for name, value in parts.items() if value != ""}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True, slots=True)
class TabLink:
    label: str
    query: str
    count: str  # of what is unread: "", "3", or "12+" where the counting stopped
    is_current: bool


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    items: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Listing:
    place: Place
    days: list[Day] = field(default_factory=list)
    newest: str = ""  # the address of the first page, on any other
    older: str = ""  # and of the next
    has_unread: bool = False
    seen_until: str = ""  # stamp of the newest there was: what comes later stays unread
    tabs: list[TabLink] = field(default_factory=list)
    unread_badge: str = ""


def listing(user: Any, place: Place) -> Listing:
    newest = Notification.objects.of(user).shown().newest_first().values_list("created_at", flat=True).first()
    rows = place.tab.rows(user)
    if cursor := read_cursor(place.before):
        rows = rows.older_than(*cursor)
    page = list(rows.newest_first()[: PAGE + 1])
    next_place = Place(place.tab, cursor_after(page[PAGE - 1])) if len(page) > PAGE else None
    tabs, badge = tab_links(user, place)
    return Listing(
        place=place,
        days=_by_day(render(page[:PAGE], user)),
        newest=Place(place.tab).address if place.before else "",
        older=next_place.address if next_place else "",
        has_unread=bool(badge)
        and (place.tab.priority is None or any(t.is_current and t.count for t in tabs)),
        seen_until=stamp(newest or timezone.now()),
        tabs=tabs,
        unread_badge=badge,
    )


def tab_links(user: Any, place: Place) -> tuple[list[TabLink], str]:
    """The tabs with what is unread in each, and the number on the bell; one query."""
    unread = Notification.objects.unread_by_priority(user)
    links = [
        TabLink(str(tab.label), Place(tab).query(), _count(unread, tab), tab is place.tab) for tab in Tab
    ]
    return links, _count(unread, Tab.UNREAD)


def _count(unread: Counter[int], tab: Tab) -> str:
    if tab is Tab.ALL:
        return ""
    is_capped = unread.total() >= BADGE_LIMIT
    if tab.priority is None:
        return f"{BADGE_LIMIT - 1}+" if is_capped else str(unread.total() or "")
    count = unread[tab.priority]
    return f"{count}+" if is_capped and count else str(count or "")


def _by_day(items: Sequence[Shown]) -> list[Day]:
    """In the time zone that is active: the reader's."""
    today = timezone.localdate()

    def day(shown: Shown) -> date:
        return timezone.localdate(shown.notification.created_at)

    return [Day(_day_label(when, today), list(some)) for when, some in groupby(items, key=day)]


def _day_label(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def news_count(user: Any, place: Place, since: datetime) -> int:
    """How many unread ones came after `since`, at most BADGE_LIMIT."""
    return place.tab.rows(user).unread().filter(created_at__gt=since)[:BADGE_LIMIT].count()
