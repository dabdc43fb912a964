"""What `wake` means, by setting: NOTIFICATION_EXECUTOR = threads | inline."""

from django.conf import settings

from .crash_points import reach


def wake() -> None:
    """Let waiting work begin. `threads`: the pool of this process, if it has one; `inline`: here and now.

    In a process without a pool (a shell, a command) nothing happens; a serving process polls.
    """
    reach("after the commit of the action")
    from .outbox import dispatcher, pipeline  # they import the service's own neighbours

    if settings.NOTIFICATION_EXECUTOR == "inline":
        pipeline.drain()
    else:
        dispatcher.wake()
