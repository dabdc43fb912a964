"""Every write on editions. Each is a draft until `send`; on its way it is paused or stopped, not changed."""

from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import User
from community.publishing.desk import Desk, check_moments, fill_group, fill_words
from notifications.service import NotificationService
from notifications.transactions import acting

from .kinds import PUBLISHED, TRIED, Trial
from .models import CONTENT_LENGTH, Edition, Segment
from .permissions import may_publish


def try_out(user: User, edition: Edition) -> None:
    """Send it to oneself alone; each version of it once."""
    _desk.demand(user)
    with acting():
        NotificationService.emit(TRIED, Trial(edition, user))


def pause(user: User, edition: Edition) -> None:
    """Nothing more leaves until it is resumed."""
    _desk.demand(user)
    with acting():
        row = _desk.locked(edition)
        if row.stopped_at is None:
            NotificationService.pause(events_of(row))


def resume(user: User, edition: Edition) -> None:
    """It goes on where it stood."""
    _desk.demand(user)
    with acting():
        NotificationService.resume(events_of(_desk.locked(edition)))


def _fill(user: User, row: Edition, fields: dict[str, Any]) -> None:
    fill_words(row, fields, content_length=CONTENT_LENGTH)
    row.segment = fields.get("segment", row.segment or Segment.EVERYBODY)
    fill_group(user, row, fields, is_for_a_group=row.segment == Segment.GROUP)
    row.scheduled_at = fields.get("scheduled_at", row.scheduled_at)
    check_moments(row, "scheduled_at")


_desk = Desk(
    model=Edition,
    kind=PUBLISHED,
    audience="segment",
    may_write=may_publish,
    fill=_fill,
    check=lambda row, begins: None,
    too_late=gettext_lazy("It is on its way already: it can be stopped, and not be changed."),
)
write, edit, send, stop, delete_draft = _desk.write, _desk.edit, _desk.send, _desk.stop, _desk.delete_draft
events_of = _desk.events_of
