"""What other apps send by themselves, in threads of the dispatcher: a step at a time, until nothing is due.

Such an app keeps rows of its own, as durable as deliveries; a lane is only who works on them.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OwnLane:
    name: str
    step: Callable[[str], bool]  # is given the worker; does one thing, or answers False
    bell: threading.Event = field(default_factory=threading.Event)  # only a hint: the lane polls


_lanes: dict[str, OwnLane] = {}


def register(lane: OwnLane) -> None:
    _lanes[lane.name] = lane


def known() -> list[OwnLane]:
    return list(_lanes.values())
