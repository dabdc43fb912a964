"""What `wake` means, by setting: NOTIFICATION_EXECUTOR = threads | celery | inline."""

from django.conf import settings

from . import hints
from .crash_points import reach


def wake() -> None:
    """Let waiting work begin. `threads`: the pool of this process, if it has one; `celery`: that of a worker;
    `inline`: here and now.

    In a process without a pool (a shell, a command) nothing happens by `threads`; a serving process polls.
    """
    reach("after the commit of the action")
    from .outbox import dispatcher, lanes, pipeline  # they import the service's own neighbours

    if settings.NOTIFICATION_EXECUTOR == "inline":
        pipeline.drain()
    else:
        dispatcher.wake()
        hints.send([lanes.EVENTS])
