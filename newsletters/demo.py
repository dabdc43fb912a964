"""What the demo community reads by mail: an edition sent, one that is being written, and who gets it."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from community.demo.load import ADMIN
from notifications.models import Delivery

from . import actions, subscribing
from .models import Edition, Subscriber
from .segments import reach_of

SENT_AGO = timedelta(days=3)
MEMBERS = ("ana", "ben", "chloe")
OTHERS = {"mira@example.org": "de", "tom@example.org": "en"}
AUTUMN = """
What happened in the Lindenhof since the last one, in five minutes.

- The **bicycle cellar** has a new lock. Keys are with Ben, against a signature and a promise.
- Nobody has claimed the blue bicycle. It goes to the workshop at the end of the month.
- There was soup on the first Saturday, for forty people, and nobody counted the bowls afterwards.

**What comes:** the yard is cleared on the second Saturday from ten. Gloves are there; bring a cake.
"""
WINTER = """
The general meeting was long, and ended well. What was decided, in three lines:
"""


def publish(people: dict[str, User], now: datetime, **kwargs: Any) -> None:
    admin = people[ADMIN]
    for name in MEMBERS:
        subscribing.choose(people[name], wanted=True)
    Subscriber.objects.bulk_create(
        Subscriber(
            address=address,
            language=language,
            source=Subscriber.Source.FORM,
            created_at=now - SENT_AGO,
            confirmed_at=now - SENT_AGO,
        )
        for address, language in OTHERS.items()
    )
    sent = actions.write(admin, title="The Lindenhof in autumn", content=AUTUMN, at=now - SENT_AGO)
    actions.send(admin, sent, at=now - SENT_AGO)
    # Nobody gets a mail of what was before the demo began; it reads as if they had.
    reached = reach_of(sent).addresses
    Edition.objects.filter(pk=sent.pk).update(tally=[(Delivery.State.SENT, "", reached)])
    actions.write(admin, title="After the meeting", content=WINTER)
