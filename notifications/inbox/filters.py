"""Which part of the inbox is looked at: a tab, a kind, a place, and how deep. It travels in the address."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from .. import kinds, places
from ..kinds import Kind
from ..models import Notification
from ..models.notification import NotificationQuerySet
from ..places import Named
from .paging import cursor_after, read_cursor

if TYPE_CHECKING:
    from django.http import QueryDict

Priority = Notification.Priority


class Tab(TextChoices):
    ALL = "all", gettext_lazy("All")
    UNREAD = "unread", gettext_lazy("Unread")
    NEEDS_YOU = "needs-you", gettext_lazy("Needs you")
    ABOUT_YOU = "about-you", gettext_lazy("About you")
    AROUND_YOU = "around-you", gettext_lazy("Around you")
    SAVED = "saved", gettext_lazy("Saved")
    SNOOZED = "snoozed", gettext_lazy("Snoozed")
    DONE = "done", gettext_lazy("Done")

    @property
    def priority(self) -> Notification.Priority | None:
        """None where it shows every priority."""
        return {
            Tab.NEEDS_YOU: Priority.NEEDS_YOU,
            Tab.ABOUT_YOU: Priority.ABOUT_YOU,
            Tab.AROUND_YOU: Priority.AROUND_YOU,
        }.get(self)

    @property
    def is_aside(self) -> bool:
        """What was put aside, by a state of its own; the others are parts of the inbox."""
        return self in (Tab.SAVED, Tab.SNOOZED, Tab.DONE)

    def rows(self, user: Any) -> NotificationQuerySet:
        mine = Notification.objects.of(user)
        match self:
            case Tab.SAVED:
                return mine.saved()
            case Tab.SNOOZED:
                return mine.asleep()
            case Tab.DONE:
                return mine.done()
            case Tab.UNREAD:
                return mine.unread()
        return mine.shown() if self.priority is None else mine.shown().filter(priority=self.priority)

    def holds(self, row: Notification) -> bool:
        """Whether a row stays in sight here. What was read among the unread does, until one looks again."""
        if row.deleted_at is not None:
            return False
        if self is Tab.SAVED:
            return row.saved_at is not None
        is_asleep = row.snoozed_until is not None
        if row.done_at is not None or self is Tab.DONE:
            return row.done_at is not None and self is Tab.DONE
        return is_asleep == (self is Tab.SNOOZED)


@dataclass(frozen=True, slots=True)
class Where:
    tab: Tab = Tab.ALL
    kind: Kind | None = None
    place: Named | None = None
    before: str = ""

    @classmethod
    def read(cls, query: "QueryDict", user: Any) -> "Where":
        """What is not known, or not to be seen, is left out: an old address still shows an inbox."""
        show, before, group = query.get("show", ""), query.get("before", ""), query.get("group", "")
        return cls(
            tab=Tab(show) if show in Tab.values else Tab.ALL,
            kind=kinds.get(query.get("type", "")),
            place=places.called(user, group) if group else None,
            before=before if read_cursor(before) else "",
        )

    @property
    def is_filtered(self) -> bool:
        return self.kind is not None or self.place is not None

    @property
    def first(self) -> "Where":
        """The page on top."""
        return replace(self, before="")

    @property
    def unfiltered(self) -> "Where":
        return Where(self.tab)

    @property
    def address(self) -> str:
        return reverse("inbox") + self.query

    @property
    def query(self) -> str:
        """`?show=unread&before=…`, or nothing."""
        return self.query_with()

    def query_with(self, **more: str) -> str:
        parts = {
            "show": "" if self.tab is Tab.ALL else self.tab.value,
            "group": self.place.slug if self.place else "",
            "type": self.kind.type if self.kind else "",
            "before": self.before,
        } | more
        kept = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def rows(self, user: Any) -> NotificationQuerySet:
        return self.filtered(self.tab.rows(user))

    def filtered(self, rows: NotificationQuerySet) -> NotificationQuerySet:
        if self.kind is not None:
            rows = rows.filter(kind=self.kind.type)
        if self.place is not None:
            rows = rows.filter(place_id=self.place.pk)
        return rows

    def page(self, user: Any, size: int) -> tuple[list[Notification], "Where | None"]:
        """The rows of one page, and where it goes on."""
        rows, is_asleep = self.rows(user), self.tab is Tab.SNOOZED
        if cursor := read_cursor(self.before):
            rows = rows.later_than(*cursor) if is_asleep else rows.older_than(*cursor)
        found = list((rows.soonest_first() if is_asleep else rows.newest_first())[: size + 1])
        if len(found) <= size:
            return found, None
        last = found[size - 1]
        return found[:size], replace(self, before=cursor_after(self.moment(last), last.pk))

    def moment(self, row: Notification) -> datetime:
        """By which rows are sorted here."""
        return row.snoozed_until or row.created_at if self.tab is Tab.SNOOZED else row.created_at
