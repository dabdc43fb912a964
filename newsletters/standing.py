"""How far an edition is, and what became of it: what its pages, the API and the administration say."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import Delivery, Event
from notifications.transactions import dispatching

from .kinds import PUBLISHED
from .models import Edition, Subscriber

OPEN = (Delivery.State.PENDING, Delivery.State.HELD, Delivery.State.SENDING)
Tally = list[tuple[str, str, int]]  # state, reason, how many copies


class State(TextChoices):
    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    SENDING = "sending", _("being sent")
    PAUSED = "paused", _("paused")
    SENT = "sent", _("sent")
    STOPPED = "stopped", _("stopped")
    FAILED = "failed", _("ended by an error, or by hand")


@dataclass(frozen=True, slots=True)
class Standing:
    edition: Edition
    state: State
    tally: Tally = field(default_factory=list)
    unsubscribed: int = 0  # by the link in it

    @property
    def may_be_changed(self) -> bool:
        return self.state in (State.DRAFT, State.SCHEDULED)

    @property
    def may_be_paused(self) -> bool:
        return self.state == State.SENDING

    @property
    def may_be_stopped(self) -> bool:
        return self.state in (State.SCHEDULED, State.SENDING, State.PAUSED)

    @property
    def sent(self) -> int:
        return self._count(Delivery.State.SENT)

    @property
    def waiting(self) -> int:
        return self._count(*OPEN)

    @property
    def failed(self) -> int:
        return self._count(Delivery.State.FAILED, Delivery.State.DEAD, Delivery.State.UNCERTAIN)

    @property
    def skipped(self) -> int:
        return self._count(Delivery.State.SKIPPED)

    @property
    def ends(self) -> list[tuple[str, int]]:
        """In words."""
        return [(Delivery.end_in_words(state, reason), count) for state, reason, count in self.tally]

    def _count(self, *states: str) -> int:
        return sum(count for state, _reason, count in self.tally if state in states)


def standings(editions: Iterable[Edition]) -> list[Standing]:
    """In three queries for all of them."""
    by_key = {PUBLISHED.key(edition, None): edition for edition in editions}
    events = {event.key: event for event in Event.objects.filter(key__in=by_key)}
    counted = [event.pk for key, event in events.items() if by_key[key].tally is None]
    tallies = _tallies(counted)
    left = Subscriber.objects.filter(ended_by__in=by_key.values()).order_by().values_list("ended_by")
    unsubscribed = dict(left.annotate(count=Count("pk")))
    found = []
    for key, edition in by_key.items():
        event = events.get(key)
        tally = edition.tally if edition.tally is not None else tallies.get(event.pk, []) if event else []
        said: Tally = [(state, reason, count) for state, reason, count in tally]
        found.append(Standing(edition, _state(edition, event, said), said, unsubscribed.get(edition.pk, 0)))
    return found


def standing_of(edition: Edition) -> Standing:
    return standings([edition])[0]


def keep_tallies() -> int:
    """Of editions whose last copy has ended: copies are kept for some months, this for good."""
    kept = 0
    for standing in standings(Edition.objects.started().filter(tally__isnull=True)):
        if standing.state in (State.SENT, State.STOPPED, State.FAILED) and not standing.waiting:
            with dispatching():
                kept += Edition.objects.filter(pk=standing.edition.pk).update(tally=standing.tally)
    return kept


def _tallies(event_ids: list[int]) -> dict[int, Tally]:
    rows = Delivery.objects.filter(~Q(address=""), event_id__in=event_ids)
    rows_by_end = rows.order_by("state", "reason").values_list("event_id", "state", "reason")
    tallies: dict[int, Tally] = {}
    for event_id, state, reason, count in rows_by_end.annotate(count=Count("pk")):
        tallies.setdefault(event_id or 0, []).append((state, reason, count))
    return tallies


def _state(edition: Edition, event: Event | None, tally: Tally) -> State:
    if edition.stopped_at:
        return State.STOPPED
    if edition.starts_at is None:
        return State.DRAFT
    if edition.starts_at > timezone.now():
        return State.SCHEDULED
    if event is None:
        return State.SENT  # an event that was pruned ended well long ago
    if event.outcome and event.outcome != Event.Outcome.EXPANDED:
        return State.FAILED
    if event.state == Event.State.PENDING or any(state in OPEN for state, _reason, _count in tally):
        return State.PAUSED if event.paused_at else State.SENDING
    return State.SENT
