"""What can be done with a row of the inbox, and what becomes of the row. Only decides: no queries, no clock.

Seen, read, done, saved and asleep are facts with times that do not depend on each other, but for one: what
is done is read. What sleeps is unread, so that whatever happens meanwhile folds into it and rings nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ..models import Notification


class Deed(TextChoices):
    READ = "read", _("Mark as read")
    UNREAD = "unread", _("Mark as unread")
    DONE = "done", _("Done")
    UNDONE = "undone", _("Back to the inbox")
    SAVE = "save", _("Save")
    UNSAVE = "unsave", _("Do not keep")
    SNOOZE = "snooze", _("Snooze")
    WAKE = "wake", _("Wake now")
    DELETE = "delete", _("Delete")


class State(NamedTuple):
    """What of a row a deed may change."""

    read_at: datetime | None
    done_at: datetime | None
    saved_at: datetime | None
    snoozed_until: datetime | None
    deleted_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Facts fold into it; only one row of a group key may be (`ntf_open_group_once`)."""
        return self.read_at is None and self.deleted_at is None


def state_of(row: Notification) -> State:
    return State(row.read_at, row.done_at, row.saved_at, row.snoozed_until, row.deleted_at)


def after(deed: Deed, was: State, *, now: datetime, until: datetime | None = None) -> State:
    """Doing it twice changes nothing: the first time stays. `until` is for SNOOZE."""
    return _after(deed, was, now, until) if was.deleted_at is None else was


def _after(deed: Deed, was: State, now: datetime, until: datetime | None) -> State:
    match deed:
        case Deed.READ:
            return was._replace(read_at=was.read_at or now)
        case Deed.UNREAD:
            return was._replace(read_at=None, done_at=None)
        case Deed.DONE:
            return was._replace(read_at=was.read_at or now, done_at=was.done_at or now)
        case Deed.UNDONE:
            # Read by being done: then it was unread before.
            read_at = None if was.read_at == was.done_at else was.read_at
            return was._replace(read_at=read_at, done_at=None)
        case Deed.SAVE:
            return was._replace(saved_at=was.saved_at or now)
        case Deed.UNSAVE:
            return was._replace(saved_at=None)
        case Deed.SNOOZE:
            return was._replace(read_at=None, done_at=None, snoozed_until=until)
        case Deed.WAKE:
            return was._replace(snoozed_until=None)
        case Deed.DELETE:
            return was._replace(deleted_at=now)


@dataclass(frozen=True, slots=True)
class Change:
    """Of one row."""

    pk: int
    before: State
    after: State

    @property
    def columns(self) -> list[str]:
        return [name for name in State._fields if getattr(self.before, name) != getattr(self.after, name)]

    def taken_back(self, now: State) -> State:
        """`now` with what was changed as it was before; as it is where somebody has changed that since."""
        if any(getattr(now, name) != getattr(self.after, name) for name in self.columns):
            return now
        return now._replace(**{name: getattr(self.before, name) for name in self.columns})
