"""Mail to addresses: of people who have an account here, and of those who have none.

A mailing is told as an audience is, by one Event whose copies are written in chunks, and each copy is a
Delivery that leaves as any mail does: looked at once more, retried, paced, stopped, explained. Nothing of it
is in an inbox. Who gets it, and whether they still want it, is its own to say; what people chose about
notifications says nothing of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, QuerySet

from .kinds import Kind
from .models import Delivery, Event, QuietHours, Switch


class Copy(NamedTuple):
    """One address that it is for, or would be: with a `reason` none is sent, and the row says why."""

    place: int  # in the order of all copies of the event, which one may go on from
    address: str  # in small letters: nobody gets two however it is written
    user_id: int | None = None  # whose it is, where that is known
    reason: str = ""  # of Delivery.Reason


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a copy is for, as they are at the moment when it leaves."""

    email: str
    language: str
    time_zone: str = "UTC"
    row: int = 0  # which entry of whoever keeps the addresses it is
    quiet_hours: QuietHours | None = None


class Mailing(Kind):
    """The kind of it. Like every kind it holds no state, and registers in its app's `ready`."""

    is_audience = True
    is_mailing = True
    channels = frozenset({Switch.EMAIL})
    channel: ClassVar[str] = "bulk"  # by which it leaves; "email" for what somebody waits for

    def copies(self, event: Event, *, after: int, limit: int) -> Sequence[Copy]:
        """The next of them, in their order; a fixed number of queries."""
        raise NotImplementedError

    def reader(self, event: Event, delivery: Delivery) -> Reader | Delivery.Reason:
        """Who gets this copy, or why nobody does any more."""
        raise NotImplementedError

    def write(self, delivery: Delivery, event: Event, reader: Reader) -> EmailMultiAlternatives:
        """In the language and zone that are active, those of its reader. May raise anything."""
        raise NotImplementedError

    def audience(self, event: Event) -> QuerySet[Any]:
        """Nobody is told of it in the app."""
        return get_user_model().objects.none().annotate(user_id=F("pk"))
