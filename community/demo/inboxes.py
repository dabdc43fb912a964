"""What two of them did with their inboxes, so that no shelf is empty for somebody who looks around."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from notifications.inbox import actions as inbox
from notifications.inbox.snoozing import Nap
from notifications.inbox.states import Deed
from notifications.models import Notification

# With what was read: the latest so many of these kinds.
TIDIED: dict[str, dict[Deed, tuple[int, tuple[str, ...]]]] = {
    "ana": {Deed.SAVE: (2, ("MENTION", "REPLY")), Deed.SNOOZE: (1, ("COMMENT",)), Deed.DONE: (4, ("LIKE",))},
    "ben": {Deed.SAVE: (3, ("GROUP_POST",)), Deed.SNOOZE: (2, ("REPLY",)), Deed.DONE: (3, ("COMMENT",))},
}


def tidy(people: dict[str, User], now: datetime) -> None:
    for username, deeds in TIDIED.items():
        person = people[username]
        with timezone.override(person.time_zone):
            until = Nap.NEXT_WEEK.until(now)
        for deed, (count, kinds) in deeds.items():
            read = Notification.objects.of(person).filter(read_at__isnull=False, kind__in=kinds)
            inbox.do(person, read.newest_first().values_list("pk", flat=True)[:count], deed, until=until)
