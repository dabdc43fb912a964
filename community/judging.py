"""What somebody writes is judged before it is kept, by whoever is asked (`happenings.writing`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import User

from .happenings import writing


@dataclass(frozen=True, slots=True)
class Writing:
    """`fields`: name → text; only those that are new, or were changed."""

    user: User
    what: str  # post, comment, group
    fields: Mapping[str, str]
    thing: Any  # that is changed; None for what is new
    at: datetime


@dataclass(slots=True)
class Judgement:
    withheld: str = ""  # how it has to be kept
    afterwards: list[Callable[[Any], None]] = field(default_factory=list)  # called with what was written

    def tell(self, thing: Any) -> None:
        for call in self.afterwards:
            call(thing)


def judge(user: User, what: str, fields: Mapping[str, str], *, thing: Any = None, at: datetime) -> Judgement:
    """In the transaction that writes, after `one_at_a_time`. Raises ValidationError for what is refused."""
    judgement = Judgement()
    asked = Writing(user=user, what=what, fields=fields, thing=thing, at=at)
    writing.send(sender=Writing, writing=asked, judgement=judgement)
    return judgement
