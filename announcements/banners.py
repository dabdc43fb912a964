"""What stands at the top of the feed: announcements that this person has not read, dismissed or put off.

There is no state of its own: the row of the inbox says it, and one that is read there is gone here.
"""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from notifications.models import Notification

from .kind import ANNOUNCED
from .models import Announcement

SHOWN = 2  # at once; the others follow when these are dismissed
LOOKED_AT = 10  # of the newest
FRESH = timedelta(days=14)  # what has stood there for so long unread is not stared at any longer


def banners_for(user: User) -> list[Announcement]:
    current = Announcement.objects.current().concerning(user).filter(starts_at__gt=timezone.now() - FRESH)
    found = current.for_display().order_by("-starts_at")[:LOOKED_AT]
    by_key = {ANNOUNCED.group_key(announcement): announcement for announcement in found}
    if not by_key:
        return []
    unread = Notification.objects.of(user).unread().filter(group_key__in=by_key)
    waiting = set(unread.values_list("group_key", flat=True))
    return [announcement for key, announcement in by_key.items() if key in waiting][:SHOWN]
