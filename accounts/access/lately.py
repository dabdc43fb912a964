"""When something was used last, as exactly as people need it: no more than one write every few minutes.

What this process wrote is remembered here, so that most requests ask the database nothing.
"""

import time
from datetime import timedelta

EVERY = timedelta(minutes=5)
KEPT_MAX = 20_000
_noted: dict[str, float] = {}


def is_due(key: str) -> bool:
    """Whether its use is worth a write; it is not asked for again until it is once more."""
    now = time.monotonic()
    if now - _noted.get(key, -EVERY.total_seconds()) < EVERY.total_seconds():
        return False
    if len(_noted) >= KEPT_MAX:
        _noted.clear()
    _noted[key] = now
    return True
