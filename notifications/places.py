"""The places where things happen, by name: the app that has them says in which of them a person is.

The engine knows a place by its id alone (`Notification.place_id`).
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple


class Named(NamedTuple):
    pk: int
    slug: str  # as in addresses
    name: str


Lookup = Callable[[Any, Collection[int] | None], Sequence[Named]]


def _nowhere(_user: Any, _ids: Collection[int] | None) -> Sequence[Named]:
    return []


_lookup: Lookup = _nowhere


def register(lookup: Lookup) -> None:
    """`lookup(user, ids)`: of these places (of all, for None) those that the person is in, by name."""
    global _lookup
    _lookup = lookup


def of(user: Any, ids: Collection[int]) -> Sequence[Named]:
    return _lookup(user, ids) if ids else []


def called(user: Any, slug: str) -> Named | None:
    """None where there is none by that name, or the person is not in it: the same answer for both."""
    return next((place for place in _lookup(user, None) if place.slug == slug), None)
