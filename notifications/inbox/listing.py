"""What the inbox page shows: one page of one part of it, by day, in a fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .. import kinds, places
from ..models import Notification
from ..models.notification import BADGE_LIMIT
from ..rendering import Shown, render
from .filters import Tab, Where
from .paging import stamp

PAGE = 30
OFFERED_FROM = 500  # the newest rows, whose kinds and places are offered as filters


@dataclass(frozen=True, slots=True)
class TabLink:
    tab: Tab
    query: str
    count: str  # of what is unread: "", "3", or "12+" where the counting stopped
    is_current: bool

    @property
    def label(self) -> str:
        return str(self.tab.label)


@dataclass(frozen=True, slots=True)
class FilterLink:
    label: str
    query: str  # chosen already: the way back
    is_current: bool


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    items: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Listing:
    where: Where
    rows: Sequence[Notification] = ()
    days: list[Day] = field(default_factory=list)
    newest: str = ""  # the address of the first page, on any other
    older: str = ""  # and of the next
    has_unread: bool = False
    seen_until: str = ""  # stamp of the newest there was: what comes later stays unread
    tabs: list[TabLink] = field(default_factory=list)
    by_place: list[FilterLink] = field(default_factory=list)
    by_kind: list[FilterLink] = field(default_factory=list)


def listing(user: Any, where: Where) -> Listing:
    newest = Notification.objects.of(user).shown().newest_first().values_list("created_at", flat=True).first()
    rows, following = where.page(user, PAGE)
    tabs = tab_links(user, where)
    by_place, by_kind = filter_links(user, where)
    return Listing(
        where=where,
        rows=rows,
        days=_by_day(render(rows, user), where),
        newest=where.first.address if where.before else "",
        older=following.address if following else "",
        has_unread=_has_unread(where, rows, tabs),
        seen_until=stamp(newest or timezone.now()),
        tabs=tabs,
        by_place=by_place,
        by_kind=by_kind,
    )


def tab_links(user: Any, where: Where) -> list[TabLink]:
    """The tabs with what is unread in each, under the filters that are chosen; one query."""
    unread = where.filtered(Notification.objects.of(user)).unread_by_priority()
    first = where.first
    return [TabLink(tab, replace(first, tab=tab).query, _count(unread, tab), tab is where.tab) for tab in Tab]


def filter_links(user: Any, where: Where) -> tuple[list[FilterLink], list[FilterLink]]:
    """By place and by kind, as far as the newest rows of the tab have them; always what is chosen."""
    newest = where.tab.rows(user).newest_first().values_list("kind", "place_id")[:OFFERED_FROM]
    found = set(newest)
    first = where.first
    known = [each for each in places.of(user, {pk for _kind, pk in found if pk}) if each != where.place]
    by_place = [
        FilterLink(place.name, replace(first, place=None if place == where.place else place).query,
                   place == where.place)
        for place in sorted([*known, *([where.place] if where.place else [])], key=lambda each: each.name)
    ]  # fmt: skip
    names = {kind for kind, _pk in found} | ({where.kind.type} if where.kind else set())
    by_kind = [
        FilterLink(str(kind.label), replace(first, kind=None if kind == where.kind else kind).query,
                   kind == where.kind)
        for kind in kinds.all_kinds() if kind.type in names
    ]  # fmt: skip
    return by_place, by_kind


def _has_unread(where: Where, rows: Sequence[Notification], tabs: Sequence[TabLink]) -> bool:
    if where.tab.is_aside:
        return any(row.read_at is None and row.snoozed_until is None for row in rows)
    counts = {link.tab: link.count for link in tabs}
    return bool(counts[Tab.UNREAD if where.tab is Tab.ALL else where.tab])


def _count(unread: Counter[int], tab: Tab) -> str:
    if tab is Tab.ALL or tab.is_aside:
        return ""
    is_capped = unread.total() >= BADGE_LIMIT
    if tab.priority is None:
        return f"{BADGE_LIMIT - 1}+" if is_capped else str(unread.total() or "")
    count = unread[tab.priority]
    return f"{count}+" if is_capped and count else str(count or "")


def _by_day(items: Sequence[Shown], where: Where) -> list[Day]:
    """In the time zone that is active: the reader's."""
    today = timezone.localdate()

    def day(shown: Shown) -> date:
        return timezone.localdate(where.moment(shown.notification))

    return [Day(_day_label(when, today), list(some)) for when, some in groupby(items, key=day)]


def _day_label(day: date, today: date) -> str:
    near = {0: _("Today"), -1: _("Yesterday"), 1: _("Tomorrow")}
    if label := near.get((day - today).days):
        return label
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def news_count(user: Any, where: Where, since: datetime) -> int:
    """How many unread ones came after `since`, at most BADGE_LIMIT."""
    return where.rows(user).unread().filter(created_at__gt=since)[:BADGE_LIMIT].count()
