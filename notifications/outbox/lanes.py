"""The lanes of work, by name; and those of other apps, which send something by themselves.

Such an app keeps rows of its own, as durable as deliveries; a lane is only who works on them: a step at a
time, until nothing is due.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from .. import channels, hints

EVENTS = "events"  # what happened, to be told
HOUSEKEEPING = "housekeeping"  # what recurs


@dataclass(frozen=True, slots=True)
class OwnLane:
    name: str
    step: Callable[[str], bool]  # is given the worker; does one thing, or answers False
    bell: threading.Event = field(default_factory=threading.Event)  # only a hint: the lane polls

    def wake(self) -> None:
        self.bell.set()
        hints.send([self.name])


_lanes: dict[str, OwnLane] = {}


def register(lane: OwnLane) -> None:
    _lanes[lane.name] = lane


def known() -> list[OwnLane]:
    return list(_lanes.values())


def in_use() -> set[str]:
    """Those that can have work on this site."""
    idle = {channel.name for channel in channels.known()} - {channel.name for channel in channels.in_use()}
    return set(names()) - idle


def names() -> list[str]:
    """Of all there are: a broker has a queue for each."""
    return [EVENTS, *(channel.name for channel in channels.known()), *_lanes, HOUSEKEEPING]
