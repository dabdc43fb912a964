"""Finds facts without an Event, and heals them: rows written by hand, by `bulk_create`, by raw SQL.

Looks at the last hour only, so that a restored backup or an import does not ring every bell.
"""

import logging
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from .. import kinds
from ..kinds import Kind
from ..models import Event
from ..service import NotificationService
from ..transactions import dispatching

logger = logging.getLogger(__name__)

WINDOW = timedelta(hours=1)
SETTLE = timedelta(seconds=10)  # younger rows may still be on their way through their own transaction
PAGE = 500


def missing(kind: Kind, since: datetime, until: datetime) -> list[Any]:
    """The rows of this kind that were written in that time and have no Event."""
    sources = kind.sources(since, until)
    if sources is None:
        return []
    found: list[Any] = []
    rows = sources.iterator(chunk_size=PAGE)
    while page := list(islice(rows, PAGE)):
        found += _without_event(kind, page)
    return found


def heal(now: datetime | None = None) -> int:
    """Write the Events that are missing; answers how many facts were healed."""
    now = now or timezone.now()
    healed = 0
    for kind in kinds.with_mailings():
        rows = missing(kind, now - WINDOW, now - SETTLE)
        if rows:
            with dispatching():
                NotificationService.emit_all([(kind, row) for row in rows])
            healed += len(rows)
            logger.warning("%s facts of the kind %s had no event; written now", len(rows), kind.type)
    return healed


def _without_event(kind: Kind, rows: list[Any]) -> list[Any]:
    keys = {key: row for row in rows for key in kind.keys(row)}
    known = set(Event.objects.filter(key__in=keys).values_list("key", flat=True))
    return list({id(row): row for key, row in keys.items() if key not in known}.values())
