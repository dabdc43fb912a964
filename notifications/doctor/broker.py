"""Celery, where that is the executor: its broker, and whether each queue has a worker."""

from collections.abc import Iterator

from django.conf import settings

from .. import hints
from ..outbox import workers
from .asking import Asking
from .finding import Finding, failure, ok, warning

WAIT_SECONDS = 3.0


def check(asking: Asking) -> Iterator[Finding]:
    if settings.NOTIFICATION_EXECUTOR != "celery":
        return
    try:
        hints.ask(asking.deadline.within(WAIT_SECONDS))
    except Exception as error:  # each transport has its own
        yield failure(
            f"{type(error).__name__}: {error}",
            "See CELERY_BROKER_URL, and whether the server runs. Nothing is lost; all comes a second later.",
        )
    else:
        yield ok("It answers.")


def check_workers(asking: Asking) -> Iterator[Finding]:
    if settings.NOTIFICATION_EXECUTOR != "celery":
        return
    if unserved := workers.unserved():
        yield warning(
            f"No worker serves {', '.join(unserved)}: the serving processes do its work.",
            "Start celery -A myproject worker, or look at its -Q.",
        )
    else:
        yield ok("Each queue has a worker.")
