"""That somebody earned a badge. What is earned while that is unread joins it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from notifications.kinds import Content, Fact, Kind, Words
from notifications.models import Event, Notification
from notifications.sql import among

from . import rules
from .models import Award


class BadgeEarned(Kind):
    type = "BADGE"
    label = gettext_lazy("You earned a badge")
    sentence = gettext_lazy("You earned a badge: %(thing)s")
    reason = gettext_lazy("Because it is yours")
    icon = "sparkles"
    button = gettext_lazy("See what it is for")
    kept = timedelta(days=90)
    mailed_by_default = pushed_by_default = False
    toggles = True  # lost and earned again within a day it is no news
    anonymous = True
    notifies_actor = True
    own_words = True
    read_on_visit = False
    priority = Notification.Priority.AROUND_YOU

    def target(self, obj: Award) -> tuple[str, int]:
        return "user", obj.person_id

    def actor_id(self, obj: Award) -> int:
        return obj.person_id

    def recipients(self, obj: Award) -> Iterable[int]:
        return [obj.person_id]

    def key(self, obj: Award, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.person_id}:{obj.badge}"

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        awards = Award.objects.filter(pk__in=among({fact.object_id for fact in facts}))
        there = set(awards.values_list("pk", flat=True))
        return {fact.id: Event.Outcome.GONE for fact in facts if fact.object_id not in there}

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        """In two queries: the events of each row, and the person's badges."""
        told = Event.objects.filter(notification_id__in=[row.pk for row in notifications])
        of_row: dict[int | None, set[int]] = defaultdict(set)
        for row_id, award_id in told.values_list("notification_id", "object_id"):
            of_row[row_id].add(award_id)
        awards = {award.pk: award for award in Award.objects.filter(person=user).order_by("earned_at", "pk")}
        url = reverse("reputation", args=[user.username])
        contents = {}
        for row in notifications:
            ids = of_row[row.pk] | {row.object_id}
            earned = [rule for pk, award in awards.items() if pk in ids and (rule := award.rule)]
            if earned:
                contents[row.pk] = _content(earned, url)
        return contents

    def example(self, reader: Any) -> Content:
        return _content([rules.BADGES["helpful"]], "/")


def _content(earned: Sequence[rules.Badge], url: str) -> Content:
    said = " · ".join(str(badge.why) for badge in earned)
    return Content(
        thing=", ".join(str(badge.label) for badge in earned),
        url=url,
        said=said,
        words=Words(said, format_html("<p>{}</p>", said)),
    )


EARNED = BadgeEarned()
