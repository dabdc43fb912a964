"""How far an announcement is: what its pages, the API and the administration say of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import Delivery, Event, Notification

from .kind import ANNOUNCED
from .models import Announcement


class State(TextChoices):
    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    SENDING = "sending", _("being told")
    SENT = "sent", _("told")
    STOPPED = "stopped", _("stopped")
    OVER = "over", _("over")
    FAILED = "failed", _("ended by an error, or by hand")


@dataclass(frozen=True, slots=True)
class Standing:
    announcement: Announcement
    state: State
    told: int | None  # people who found it in their inbox; None once its event is not kept any more

    @property
    def may_be_changed(self) -> bool:
        return self.state in (State.DRAFT, State.SCHEDULED)

    @property
    def may_be_stopped(self) -> bool:
        return self.state in (State.SCHEDULED, State.SENDING, State.SENT)


@dataclass(frozen=True, slots=True)
class Results:
    """Counted from the rows as they are: what is pruned in time is counted no more."""

    read: int = 0
    unread: int = 0
    mails: list[tuple[str, int]] = field(default_factory=list)  # what became of them → how many


def standings(announcements: Iterable[Announcement]) -> list[Standing]:
    """In one query for all of them."""
    keys = {ANNOUNCED.key(row, None): row for row in announcements}
    events = {event.key: event for event in Event.objects.filter(key__in=keys)}
    return [_standing(row, events.get(key)) for key, row in keys.items()]


def standing_of(announcement: Announcement) -> Standing:
    return standings([announcement])[0]


def results_of(announcement: Announcement) -> Results:
    event_id = (
        Event.objects.filter(key=ANNOUNCED.key(announcement, None)).values_list("pk", flat=True).first()
    )
    if event_id is None:
        return Results()
    rows = Notification.objects.filter(event_id=event_id, deleted_at=None)
    unread = rows.open().count()
    mails = Delivery.objects.filter(event_id=event_id).order_by("state").values_list("state", "reason")
    ended = [
        (Delivery.end_in_words(state, reason), count)
        for state, reason, count in mails.annotate(count=Count("pk"))
    ]
    return Results(read=rows.count() - unread, unread=unread, mails=ended)


def _standing(announcement: Announcement, event: Event | None) -> Standing:
    told = 0 if announcement.starts_at is None else None
    return Standing(announcement, _state(announcement, event), event.told if event else told)


def _state(announcement: Announcement, event: Event | None) -> State:
    now = timezone.now()
    if announcement.stopped_at:
        return State.STOPPED
    if announcement.starts_at is None:
        return State.DRAFT
    if announcement.starts_at > now:
        return State.SCHEDULED
    if announcement.is_over(now):
        return State.OVER
    if event is not None and event.state == Event.State.PENDING:
        return State.SENDING
    # An event that was pruned ended well long ago.
    told = event is None or event.outcome == Event.Outcome.EXPANDED
    return State.SENT if told else State.FAILED
