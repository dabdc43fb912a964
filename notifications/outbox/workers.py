"""Who is at work, and what becomes of what the dead had in hand."""

import os
import secrets
import socket
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from .. import trail
from ..crash_points import reach
from ..models import Event, Worker
from ..outgoing import recording
from ..transactions import dispatching
from ..upkeep import schedule
from . import lanes as all_lanes

DEATHS = 3  # after as many, an event that was in hand each time is dead-lettered
SILENCE = timedelta(seconds=60)  # without a beat for so long, a worker counts as dead


def register(lanes: Collection[str] | None = None, *, is_reserve: bool = False) -> str:
    """Enter this process as a worker on these lanes, or on all; answers its name."""
    host = socket.gethostname()[:48]
    name = f"{host}:{os.getpid()}:{secrets.token_hex(4)}"
    with dispatching():
        Worker.objects.create(
            name=name, host=host, pid=os.getpid(), lanes=_listed(lanes), is_reserve=is_reserve
        )
    return name


def leave(name: str) -> None:
    with dispatching():
        schedule.release(name)
        Worker.objects.filter(name=name).delete()


def beat(name: str, lanes: Collection[str] | None = None, *, is_reserve: bool = False) -> None:
    """Show that the worker lives. One that was taken for dead (it slept too long) enters itself again."""
    host, pid, _token = name.rsplit(":", 2)
    as_it_is = {"host": host, "pid": int(pid), "lanes": _listed(lanes), "is_reserve": is_reserve}
    with dispatching():
        Worker.objects.update_or_create(name=name, defaults={"beat_at": timezone.now(), **as_it_is})


def hold(name: str, event_ids: Sequence[int]) -> None:
    """Say what is about to be expanded, before it begins: a crash then tells its suspects."""
    if name:
        with dispatching():
            Worker.objects.filter(name=name).update(holding=list(event_ids), beat_at=timezone.now())


def in_others_hands(name: str) -> list[int]:
    """The events that other workers have said they are about to expand."""
    others = Worker.objects.exclude(name=name).exclude(holding=[])
    return [event_id for holding in others.values_list("holding", flat=True) for event_id in holding]


def let_go(name: str) -> None:
    """It is done; in the same transaction."""
    if name:
        Worker.objects.filter(name=name).update(holding=[])


def bury_the_dead(me: str) -> int:
    """Release what dead workers held, and count it against the events; answers how many were dead."""
    now = timezone.now()
    dead = [worker for worker in Worker.objects.exclude(name=me) if _is_dead(worker)]
    for worker in dead:
        with dispatching():
            if not Worker.objects.filter(name=worker.name).delete()[0]:
                continue  # another process was first
            suspects = Event.objects.filter(pk__in=worker.holding, state=Event.State.PENDING)
            suspects.update(crashes=F("crashes") + 1)
            suspects.filter(crashes__gte=DEATHS).update(
                state=Event.State.DEAD, outcome=Event.Outcome.CRASHED, ended_at=now
            )
            reach("in the middle of a burial")
            recording.take_back(worker.name)
            schedule.release(worker.name)
        trail.worker_died(worker)
    return len(dead)


def alive() -> list[str]:
    """The names of those at work on this database, in whatever process."""
    return [worker.name for worker in Worker.objects.all() if not _is_dead(worker)]


def served(*, but: str = "") -> tuple[set[str], set[str]]:
    """The lanes that somebody alive works on: those of workers, and those of others that stand in."""
    regular, reserve = set[str](), set[str]()
    for worker in Worker.objects.filter(beat_at__gt=timezone.now() - SILENCE).exclude(name=but):
        (reserve if worker.is_reserve else regular).update(
            all_lanes.names() if worker.lanes is None else worker.lanes
        )
    return regular, reserve


def unserved() -> list[str]:
    """The lanes that can have work, and no worker of their own."""
    return sorted(all_lanes.in_use() - served()[0])


def _listed(names: Collection[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _is_dead(worker: Worker) -> bool:
    if worker.beat_at < timezone.now() - SILENCE:
        return True
    if worker.host != socket.gethostname()[:48]:
        return False
    if worker.pid == os.getpid():
        return True  # an earlier process had our number
    try:
        os.kill(worker.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
