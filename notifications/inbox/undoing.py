"""What was just done in the inbox, and how to undo it: signed, in the address, not in a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .actions import UNDO_WINDOW
from .paging import read_stamp, stamp
from .states import Change, Deed, State

_SALT = "notifications.undo"


@dataclass(frozen=True, slots=True)
class Undo:
    deed: Deed
    changes: Sequence[Change] = ()
    all_at: datetime | None = None  # instead of changes: everything was marked as read at this moment

    def token(self, user: Any) -> str:
        """For this person alone."""
        rows = [[change.pk, _packed(change.before), _packed(change.after)] for change in self.changes]
        return signing.dumps([user.pk, self.deed, rows, _pack(self.all_at)], salt=_SALT, compress=True)

    @classmethod
    def read(cls, token: str, user: Any) -> "Undo | None":
        """None for what nobody offered to this person, or what is too old."""
        try:
            owner, deed, rows, all_at = signing.loads(token, salt=_SALT, max_age=UNDO_WINDOW)
        except signing.BadSignature:
            return None
        if owner != user.pk:
            return None
        return cls(
            Deed(deed), [Change(pk, _unpacked(old), _unpacked(new)) for pk, old, new in rows], _unpack(all_at)
        )

    @property
    def message(self) -> str:
        if self.all_at is not None:
            return _("Everything up to here is marked as read.")
        count = len(self.changes)
        return _message(self.deed, count) % {"count": count}


def _message(deed: Deed, count: int) -> str:
    match deed:
        case Deed.READ:
            return ngettext("Marked as read.", "%(count)d marked as read.", count)
        case Deed.UNREAD:
            return ngettext("Marked as unread.", "%(count)d marked as unread.", count)
        case Deed.DONE:
            return ngettext("Done.", "%(count)d done.", count)
        case Deed.UNDONE:
            return ngettext("Back in the inbox.", "%(count)d are back in the inbox.", count)
        case Deed.SAVE:
            return ngettext("Saved.", "%(count)d saved.", count)
        case Deed.UNSAVE:
            return ngettext("No longer saved.", "%(count)d are no longer saved.", count)
        case Deed.SNOOZE:
            return ngettext("Snoozed.", "%(count)d snoozed.", count)
        case Deed.WAKE:
            return ngettext("Awake again.", "%(count)d are awake again.", count)
        case Deed.DELETE:
            return ngettext("Deleted.", "%(count)d deleted.", count)


def _packed(state: State) -> list[str | None]:
    return [_pack(moment) for moment in state]


def _unpacked(stamps: Sequence[str | None]) -> State:
    return State(*map(_unpack, stamps))


def _pack(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def _unpack(text: str | None) -> datetime | None:
    return None if text is None else read_stamp(text)
