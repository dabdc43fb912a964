"""What rules are about, by name: the app that has the things says how they are called and where they are.

The engine knows a thing by its type and id alone.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

PLACE = "group"  # the type of what a place is


class Thing(NamedTuple):
    name: str
    url: str


Lookup = Callable[[Any, Collection[int]], Mapping[int, Thing]]
_lookups: dict[str, Lookup] = {}


def register(type_name: str, lookup: Lookup) -> None:
    """`lookup(user, ids)`: those of these things that `user` may see now, by their ids."""
    _lookups[type_name] = lookup


def things(user: Any, type_name: str, ids: Collection[int]) -> Mapping[int, Thing]:
    lookup = _lookups.get(type_name)
    return lookup(user, ids) if lookup and ids else {}
