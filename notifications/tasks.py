"""What Celery calls: a turn at one lane. A task says where to look, never what there is to do."""

from celery import shared_task

from .outbox import dispatcher, lanes


@shared_task(name="notifications.expand")  # type: ignore[untyped-decorator] # published without types
def expand() -> None:
    """Tell what happened."""
    dispatcher.take_turn(lanes.EVENTS)


@shared_task(name="notifications.send")  # type: ignore[untyped-decorator]
def send(lane: str) -> None:
    """Send what is due: by a channel, or by what another app sends by itself."""
    dispatcher.take_turn(lane)


@shared_task(name="notifications.keep_house")  # type: ignore[untyped-decorator]
def keep_house() -> None:
    """Do what recurs and is due, and that nobody else is doing."""
    dispatcher.take_turn(lanes.HOUSEKEEPING)


def asking_for(lane: str) -> tuple[str, list[str]]:
    """The task of a turn at this lane, and what it is given."""
    whole = {lanes.EVENTS: expand, lanes.HOUSEKEEPING: keep_house}
    return (whole[lane].name, []) if lane in whole else (send.name, [lane])
