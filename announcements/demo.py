"""What the demo community is told: one announcement that some have read, and one that is being written."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from community.demo.load import ADMIN

from . import actions
from .models import Audience

TOLD_AGO, LASTS = timedelta(hours=25), timedelta(days=6)
WATER = """
The water is **off on Friday** from nine to noon, in all houses of the Lindenhof.

- Fill a bucket on Thursday evening.
- The laundry room stays closed until one.

The plumbers need to get to the riser in the cellar of no. 12: please leave that corridor free.
"""
MEETING = """
The general meeting is on the second Tuesday of next month at seven, in the common room.

On the list so far: the bicycle cellar, the roof over the bins, and who waters the courtyard in August.
"""


def announce(people: dict[str, User], now: datetime, **kwargs: Any) -> None:
    admin = people[ADMIN]
    actions.send(
        admin,
        actions.write(
            admin,
            title="No water on Friday, from nine to noon",
            content=WATER,
            audience=Audience.EVERYBODY,
            expires_at=now + LASTS,
            at=now - TOLD_AGO,
        ),
        at=now - TOLD_AGO,
    )
    actions.write(
        admin, title="The general meeting", content=MEETING, audience=Audience.EVERYBODY, by_mail=True
    )
