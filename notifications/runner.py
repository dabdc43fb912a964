"""What `wake` means, by setting: NOTIFICATION_EXECUTOR = threads | inline."""

from django.conf import settings


def wake() -> None:
    """Let waiting work begin. `threads`: the pool of this process, if it has one; `inline`: here and now.

    In a process without a pool (a shell, a command) nothing happens; a serving process polls.
    """
    from . import dispatcher, pipeline  # they import the service's own neighbours

    if settings.NOTIFICATION_EXECUTOR == "inline":
        pipeline.drain()
    else:
        dispatcher.wake()
