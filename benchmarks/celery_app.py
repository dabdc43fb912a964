"""A task an event, as most sites with Celery have it: what the engine's batches are measured against."""

import os

from celery import Celery

app = Celery("benchmarks", broker=os.environ.get("CELERY_BROKER_URL"))
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task(name="benchmarks.expand")  # type: ignore[untyped-decorator] # published without types
def expand(event_id: int) -> None:
    from notifications.outbox.expansion import expand_facts
    from notifications.transactions import dispatching

    with dispatching():
        expand_facts([event_id])
