"""Every write on announcements. Each is a draft until `send`; what is told is only stopped, never changed."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from community.actions.input import clean_text
from community.publishing.desk import Desk, check_moments, fill_group, fill_words
from notifications.inbox.actions import mark_thing_read

from .kind import ANNOUNCED
from .models import CONTENT_LENGTH, LINK_LENGTH, Announcement, Audience
from .permissions import may_announce

_is_address = URLValidator(schemes=["http", "https"])


def dismiss(user: User, announcement: Announcement) -> None:
    """Read, in every window; it stays in the inbox."""
    mark_thing_read(user, "announcement", announcement.pk)


def _fill(user: User, row: Announcement, fields: dict[str, Any]) -> None:
    fill_words(row, fields, content_length=CONTENT_LENGTH)
    if "link" in fields:
        row.link = _clean_link(fields["link"])
    row.audience = fields.get("audience", row.audience)
    row.by_mail = fields.get("by_mail", row.by_mail)
    fill_group(user, row, fields, is_for_a_group=row.audience == Audience.GROUP)
    row.scheduled_at = fields.get("scheduled_at", row.scheduled_at)
    row.expires_at = fields.get("expires_at", row.expires_at)
    check_moments(row, "scheduled_at", "expires_at")
    now = timezone.now()
    _check(row, max(now, row.scheduled_at or now))


def _check(row: Announcement, begins: datetime) -> None:
    if row.is_over(begins):
        raise ValidationError({"expires_at": _("It would be over before anybody reads it.")})


def _clean_link(link: str) -> str:
    """A page of this site, by its path, or one elsewhere."""
    link = clean_text("link", link, max_length=LINK_LENGTH, required=False)
    is_path = link.startswith("/") and not link.startswith(("//", "/\\")) and link.isprintable()
    if link and not is_path:
        try:
            _is_address(link)
        except ValidationError as error:
            raise ValidationError(
                {"link": _("This is no address: it begins with https://, or with / for a page of this site.")}
            ) from error
    return link


_desk = Desk(
    model=Announcement,
    kind=ANNOUNCED,
    audience="audience",
    may_write=may_announce,
    fill=_fill,
    check=_check,
    too_late=gettext_lazy("It has been told already: it can be stopped, and not be changed."),
)
write, edit, send, stop, delete_draft = _desk.write, _desk.edit, _desk.send, _desk.stop, _desk.delete_draft
events_of = _desk.events_of
