"""Whom an announcement is for: as a whole, and of a few people at once.

`AnnouncementQuerySet.concerning` answers the same for one person; a test holds the three together.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from community.models import GroupMembership
from notifications.sql import among

from .models import Announcement, Audience

Role = GroupMembership.Role


def people_of(announcement: Announcement) -> QuerySet[Any]:
    """Everybody active in its audience, but its author; with `user_id`, as the engine reads it."""
    people = User.objects.filter(is_active=True).exclude(pk=announcement.author_id)
    members = GroupMembership.objects.active()
    match announcement.audience:
        case Audience.GROUP:
            people = people.filter(pk__in=members.filter(group=announcement.group_id).values("user_id"))
        case Audience.CARETAKERS:
            people = people.filter(pk__in=members.caretakers().values("user_id"))
        case Audience.STAFF:
            people = people.filter(is_staff=True)
    return people.annotate(user_id=F("pk"))


def strangers(wanted: Mapping[int, Collection[Announcement]]) -> set[tuple[int, int]]:
    """Of people and announcements, the pairs where the one is not for the other. Two queries."""
    people = User.objects.filter(pk__in=among(wanted), is_active=True)
    staff = dict(people.values_list("pk", "is_staff"))
    memberships = GroupMembership.objects.active().filter(user_id__in=among(wanted))
    groups, caretakers = set(), set()
    for user_id, group_id, role in memberships.values_list("user_id", "group_id", "role"):
        groups.add((user_id, group_id))
        if role in (Role.OWNER, Role.MODERATOR):
            caretakers.add(user_id)
    return {
        (user_id, announcement.pk)
        for user_id, announcements in wanted.items()
        for announcement in announcements
        if user_id not in staff
        or not {
            Audience.EVERYBODY: True,
            Audience.GROUP: (user_id, announcement.group_id) in groups,
            Audience.CARETAKERS: user_id in caretakers,
            Audience.STAFF: staff[user_id],
        }[Audience(announcement.audience)]
    }
