"""What was just done in the inbox, and how to undo it; it travels in the address, not in a session."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .paging import read_stamp

if TYPE_CHECKING:
    from django.http import QueryDict


class Deed(TextChoices):
    """With what to say of it."""

    READ = "read", _("Marked as read.")
    DELETED = "deleted", _("Deleted.")
    ALL_READ = "all-read", _("Everything up to here is marked as read.")


@dataclass(frozen=True, slots=True)
class Undo:
    deed: Deed
    what: str  # the id of the row; for ALL_READ the stamp of the moment it was done

    @classmethod
    def read(cls, query: "QueryDict") -> "Undo | None":
        deed, what = query.get("did", ""), query.get("what", "")
        known = deed in Deed.values and len(what) <= 18 and read_stamp(what) is not None
        return cls(Deed(deed), what) if known else None

    @property
    def url(self) -> str:
        """Where a POST undoes it."""
        if self.deed is Deed.ALL_READ:
            return reverse("unread-all")
        name = "restore-notification" if self.deed is Deed.DELETED else "unread-notification"
        return reverse(name, args=[self.what])
