"""What every channel answers. The class is the channel; an instance is one lane's link to its far end.

A channel that comes to the site is a file with a subclass, and a line in the list (`__init__.py`). By what it
answers here it is decided about, expanded, looked at once more, handed over, repeated and explained.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db.models import QuerySet

from ..models import Delivery, Switch
from ..models.delivery import DeliveryQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from ..kinds import Kind
    from ..outgoing.recheck import Checked


class Result(Enum):
    SENT = "sent"  # the next hop has taken it over
    REFUSED = "refused"  # for good
    LATER = "later"  # definitely not taken, perhaps later
    UNREACHABLE = "away"  # nobody to ask
    OURS = "ours"  # any message would be turned away: this site must be set right
    UNANSWERED = "silence"  # handed over, and nobody knows what became of it


class Answer(NamedTuple):
    """What became of a hand-over, and the other side's words."""

    result: Result
    words: str = ""
    wait_seconds: int = 0  # where the other side asked not to be tried again before
    address: str = ""  # of mail that was refused: which mailbox that may be said of


class Channel:
    name: ClassVar[str]  # stored with each delivery: at most 8 letters, and never another one
    label: ClassVar["_StrPromise"]
    switch: ClassVar[Switch]  # by which people steer it: preferences, rules and kinds know these alone
    handovers: ClassVar[int] = 2  # whose end nobody knows, of one message: never more copies than this
    has_breaker: ClassVar[bool] = (
        True  # one far end for all: while that is away, none is tried but now and then
    )
    far_end: ClassVar[str] = ""  # whose breaker it has, where another channel leads to the same
    leaves_tenths: ClassVar[int] = 1  # of its far end's budget, to what is urgent (outgoing/budget.py)
    sums_up: ClassVar[bool] = False  # has `compose_summary`; else each waits alone for quiet hours to end
    # It reaches almost everybody: whom it does not is found at the last look, and told so. Else nobody
    # gets a delivery whom it does not reach, and where it reaches nobody it costs one short query a batch.
    reaches_most: ClassVar[bool] = False

    @classmethod
    def is_on(cls) -> bool:
        """Whether this site is set up for it. Settings alone: it is asked for every batch."""
        return True

    @classmethod
    def threads(cls) -> int:
        """How many at once, in one process. They are its own: no other channel waits for them."""
        return 1

    @classmethod
    def delay_seconds(cls) -> int:
        """How long a message waits before it leaves, so that reading it in the app can cancel it."""
        return 0

    @classmethod
    def per_second(cls) -> float:
        """How many messages a second to one domain, by one process; 0 for as many as there are."""
        return 0

    @classmethod
    def budget(cls) -> dict[int, int]:
        """How many messages its far end takes, of all processes: seconds of a stretch → how many."""
        return {}

    @classmethod
    def domains(cls, user_ids: Collection[int]) -> dict[int, str]:
        """Where these people's messages go, where `per_second` counts them by it."""
        return {}

    @classmethod
    def carries(cls, kind: "Kind") -> bool:
        return cls.switch in kind.channels

    @classmethod
    def due(cls, now: datetime) -> DeliveryQuerySet:
        """What may leave now, in the order in which it leaves."""
        return Delivery.objects.by(cls.name).due(now)

    @classmethod
    def reaches(cls) -> QuerySet[Any]:
        """Everybody it can reach now, as one column of user ids named `user_id`."""
        raise NotImplementedError

    @classmethod
    def with_standing(cls, people: QuerySet[Any]) -> QuerySet[Any]:
        """The last look's query for a person, with whatever `refusal` asks for: it needs none of its own."""
        return people

    @classmethod
    def refusal(cls, person: Any, kind: "Kind") -> Delivery.Reason | None:
        """Why this channel brings nothing of this kind to somebody whom it reaches."""
        return None

    def compose(self, delivery: Delivery, checked: "Checked") -> Any:
        """The message for one person about one event: whatever `hand_over` takes. May raise anything."""
        raise NotImplementedError

    def compose_summary(self, delivery: Delivery, told: Sequence["Checked"]) -> Any:
        """One message of all these, which are for one person."""
        raise NotImplementedError

    def hand_over(self, message: Any) -> Answer:
        """Over the network, in no transaction. Never raises."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the far end: there is nothing to do for a while, or it failed."""
