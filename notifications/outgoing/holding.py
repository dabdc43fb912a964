"""A restored site speaks to nobody by itself.

It knows what waited when the backup was made, and not what was sent since. Until somebody releases it
(`upkeep/releasing.py`), no channel hands anything over, whatever becomes due; the inbox goes on.
"""

from collections.abc import Iterator
from datetime import datetime

from ..models import Delivery, Hold

State, Reason = Delivery.State, Delivery.Reason


def is_held() -> bool:
    return Hold.objects.exists()


def statements(now: datetime, *, vendor: str) -> Iterator[str]:
    """What makes a restored copy hold, as plain SQL: it is run on the copy before anybody else sees it.

    What was in the hands of a worker then is in nobody's now; how often it was handed over stays known.
    """
    moment = f"'{now:%Y-%m-%d %H:%M:%S.%f}{'+00' if vendor == 'postgresql' else ''}'"
    yield (
        f"INSERT INTO notifications_hold (id, since) VALUES (1, {moment}) "  # nosec B608 # our own words
        "ON CONFLICT (id) DO UPDATE SET since = excluded.since"
    )
    yield (
        f"UPDATE notifications_delivery SET state = '{State.HELD}', reason = '{Reason.RESTORED}', "  # nosec B608
        f"lease_until = NULL, worker = '' WHERE state IN ('{State.PENDING}', '{State.SENDING}')"
    )
    yield "DELETE FROM notifications_worker"
