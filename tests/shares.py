"""Large sets of cases, of which each run takes a part: another for each place, and always the same one."""

import os
import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def is_full() -> bool:
    """CHAOS=full: everything meets everything."""
    return os.environ.get("CHAOS") == "full"


def share(cases: Sequence[T], place: str, *, of: int) -> Sequence[T]:
    """Every so-manieth of them."""
    return cases if is_full() else cases[zlib.crc32(place.encode()) % of :: of]


def few(cases: Sequence[T], place: str, number: int) -> Sequence[T]:
    """So many of them that lie together, as in a ring."""
    if is_full() or len(cases) <= number:
        return cases
    first = zlib.crc32(place.encode()) % len(cases)
    return [*cases, *cases][first : first + number]
