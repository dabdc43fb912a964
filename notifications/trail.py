"""What becomes of an event, step by step, as lines of the log that name it by its number.

The line that says which events a request wrote is the only place where the two meet: no row of the database
knows its request. From there on the numbers lead, in whatever process, and after any restart.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from django.conf import settings
from django.db import transaction

from myproject import tracing
from myproject.log_fields import about

from .models import Delivery, Event, Worker

logger = logging.getLogger(__name__)  # silent where the log is for people, who have *Explain*


def will_be_written(event_ids: Sequence[int]) -> None:
    """Said once they are committed; before, nobody knows whether they will be."""
    if event_ids and (settings.TRACES or logger.isEnabledFor(logging.INFO)):
        transaction.on_commit(partial(_written, event_ids), robust=True)


def _written(event_ids: Sequence[int]) -> None:
    tracing.written(event_ids)
    logger.info("written", extra=_named(event_ids))


def expanding(event_ids: Sequence[int]) -> AbstractContextManager[object]:
    return tracing.span("expand", event_ids=event_ids)


def expanded(event_ids: Sequence[int]) -> None:
    """The inbox has what follows from them; of an audience, its next chunk."""
    logger.info("expanded", extra=_named(event_ids))


@contextmanager
def delivering(delivery: Delivery) -> Iterator[None]:
    """Every line until its end is about this delivery."""
    named = {"delivery_id": delivery.pk, "event_id": delivery.event_id, "channel": delivery.channel}
    event_ids = [delivery.event_id] if delivery.event_id else []
    attributes = {"belltower.delivery_id": delivery.pk, "belltower.channel": delivery.channel}
    with (
        about(**named),
        tracing.span(f"deliver {delivery.channel}", event_ids=event_ids, attributes=attributes),
    ):
        yield


def became(
    outcome: str, reason: str = "", *, attempts: int | None = None, event_ids: Sequence[int] = ()
) -> None:
    """Of the delivery at hand, for now or for good. `event_ids`: what it tells of."""
    fields = {"outcome": outcome, "reason": str(reason) or None, "attempts": attempts}
    tracing.became(outcome, event_ids)
    logger.info(outcome, extra=fields | _named(event_ids))


# What somebody should look at stands in the log for people as well.


def died(what: Event | Delivery, *, tries: int) -> None:
    """No try is left: it is a dead letter."""
    logger.warning(
        "%s %s is a dead letter, after %s tries", what._meta.model_name, what.pk, tries,
        extra={f"{what._meta.model_name}_id": what.pk, "outcome": what.State.DEAD.value},
    )  # fmt: skip


def uncertain(count: int) -> None:
    logger.warning(
        "whether deliveries arrived will never be known: %s", count, extra={"outcome": "uncertain"}
    )


def worker_died(worker: Worker) -> None:
    logger.warning(
        "the worker %s died: what it held is taken back", worker.name, extra=_named(worker.holding)
    )


def _named(event_ids: Sequence[int]) -> dict[str, object]:
    if len(event_ids) == 1:
        return {"event_id": event_ids[0]}
    return {"event_ids": list(event_ids)} if event_ids else {}
