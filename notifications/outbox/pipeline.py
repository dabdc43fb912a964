"""One step at a time: choose what is due, serve it, and let nothing bad stop what is good.

The dispatcher's threads, the `--drain` of its command and the inline executor all call these.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from .. import channels, trail
from ..crash_points import reach
from ..models import Event
from ..outgoing import sending
from ..outgoing.queue import Queue
from ..sql import among
from ..transactions import dispatching, is_away
from . import lanes, stopping, workers
from .audience import expand_chunk
from .expansion import expand_facts

logger = logging.getLogger(__name__)

TRIES = 8  # failures by error before an event is dead-lettered
BACKOFF_SECONDS, BACKOFF_MAX_SECONDS = 5, 3600
PATIENCE_SECONDS = 0.02  # with others who have in hand all that is due


def batch_size() -> int:
    """Events a transaction. On SQLite every writer waits for it, so it is short there."""
    return 50 if connection.vendor == "sqlite" else 1000


def expand_next(worker: str = "") -> bool:
    """Serve the next batch of events, or of what is over; False when nothing is due.

    Raises OperationalError or InterfaceError when the database is at fault: then nothing is counted
    against the events.
    """
    due = _due_for(worker)
    if not due:
        return stopping.withdraw_next()
    first, recipient_id, crashes = due[0]
    alone = recipient_id is None or crashes
    # An event that was at hand when a worker died is served alone: it may be what killed it.
    ids = (
        [first] if alone else [pk for pk, recipient, crashed in due if recipient is not None and not crashed]
    )
    reach("before holding")
    workers.hold(worker, ids)
    reach("after holding")
    _serve(ids, worker, is_audience=recipient_id is None)
    return True


def _due_for(worker: str) -> Sequence[tuple[int, int | None, int]]:
    """The next batch: what no other worker has in hand, or else what is left, whose holder may be dead."""
    due = Event.objects.due(timezone.now()).values_list("pk", "recipient_id", "crashes")
    taken = workers.in_others_hands(worker)
    # Without this, many workers would all reach for the same first batch, and one of them get it.
    free = list(due.exclude(pk__in=among(taken))[: batch_size()]) if taken else []
    if free:
        return free
    left = list(due[: batch_size()])
    if left and taken:
        time.sleep(PATIENCE_SECONDS)  # most likely it is about to be done
    return left


def _serve(ids: Sequence[int], worker: str, *, is_audience: bool) -> None:
    try:
        with trail.expanding(ids), dispatching():
            if is_audience:
                expand_chunk(ids[0])
                used = []
            else:
                used = expand_facts(ids)
            workers.let_go(worker)
            reach("before the commit of the batch")
    except BaseException as error:  # a kind may raise anything, SystemExit included; the thread must live
        if is_away(error):
            raise
        if threading.current_thread() is threading.main_thread() and not isinstance(error, Exception):
            raise
        if len(ids) == 1:
            _fail(ids[0], error)
        else:
            for event_id in ids:
                workers.hold(worker, [event_id])
                _serve([event_id], worker, is_audience=False)
    else:
        reach("after the commit of the batch")
        trail.expanded(ids)
        if used:
            sending.wake(used)


def _fail(event_id: int, error: BaseException) -> None:
    logger.error("event %s failed", event_id, exc_info=error, extra={"event_id": event_id})
    with dispatching():
        event = Event.objects.filter(pk=event_id, state=Event.State.PENDING).first()
        if event is None:
            return
        event.attempts += 1
        event.last_error = f"{type(error).__name__}: {error}"[:500].replace("\x00", "")
        if event.attempts >= TRIES:
            event.state, event.outcome, event.ended_at = (
                Event.State.DEAD,
                Event.Outcome.FAILED,
                timezone.now(),
            )
        else:
            seconds = min(BACKOFF_SECONDS * 2 ** (event.attempts - 1), BACKOFF_MAX_SECONDS)
            wait = seconds * random.uniform(0.8, 1.2)  # nosec B311 # jitter
            event.run_at = timezone.now() + timedelta(seconds=wait)
        event.save(update_fields=["attempts", "last_error", "state", "outcome", "ended_at", "run_at"])
    if event.state == Event.State.DEAD:
        trail.died(event, tries=TRIES)


def drain(worker: str = "", *, report: Callable[[], None] = lambda: None) -> tuple[int, int]:
    """Serve all that is due now, here; answers how many batches of events and how many deliveries.

    `report` is called after each of them.
    """
    batches = deliveries = 0
    with ExitStack() as stack:
        senders = [
            stack.enter_context(sending.Lane(worker, channel.name, queue=Queue(channel, is_paced=False)))
            for channel in channels.in_use()
        ]
        while True:
            if expand_next(worker):
                batches += 1
            elif any(lane.send_next() for lane in senders) or any(own.step(worker) for own in lanes.known()):
                deliveries += 1
            else:
                return batches, deliveries
            report()
