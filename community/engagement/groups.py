"""Kinds about coming and going."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications.kinds import Content, Fact, Kind, fact_of
from notifications.models import Event, Notification
from notifications.sql import among

from ..models import Group, GroupMembership
from ..models.groups import GroupQuerySet
from ..visibility import Refusals, hidden_from_members, hidden_groups, without
from .contents import A_DAY, place_of


class _GroupKind(Kind):
    def example(self, reader: Any) -> Content:
        url = reverse("groups")
        return Content(
            thing=str(_("Gardeners")), url=url, bare_url=url, thread="example.1", list_id="gardeners"
        )


class JoinedGroup(_GroupKind):
    """Tells the people who look after a group of who came, and of who asks to."""

    type = "GROUP_JOIN"
    label = _("Somebody joined a group you look after")
    sentence = ngettext_lazy("%(actors)s joined %(thing)s", "%(actors)s joined %(thing)s", "people")
    asks = ngettext_lazy("%(actors)s asks to join %(thing)s", "%(actors)s asks to join %(thing)s", "people")
    discreet = _("Somebody joined a private group that you look after")
    asks_discreetly = _("Somebody asks to join a private group that you look after")
    reason = _("Because you look after this group")
    button = _("Look at the group")
    icon = "user-plus"
    toggles = True
    mail_gap = A_DAY

    def target(self, obj: GroupMembership) -> tuple[str, int]:
        return "group", obj.group_id

    def place_id(self, obj: GroupMembership) -> int:
        return obj.group_id

    def recipients(self, obj: GroupMembership) -> Iterable[int]:
        return obj.group.memberships.caretakers().values_list("user_id", flat=True)

    def key(self, obj: GroupMembership, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.user_id}:group.{obj.group_id}:{recipient_id}"

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return (
            GroupMembership.objects.filter(joined_at__range=(since, until))
            .exclude(role=GroupMembership.Role.OWNER)
            .select_related("group")
        )

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        there = GroupMembership.objects.filter(
            group_id__in=among({fact.target_id for fact in facts}),
            user_id__in=among({fact.actor_id for fact in facts}),
        ).values_list("user_id", "group_id")
        gone = without(facts, set(there), lambda fact: (fact.actor_id, fact.target_id))
        return hidden_from_members(facts) | gone

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        return self._contents(notifications, Group.objects.looked_after_by(user))

    def contents_for_each(self, notifications: Sequence[Notification]) -> Mapping[int, Content]:
        return self._contents(_seen(notifications, hidden_from_members), Group.objects.all())

    def _contents(self, rows: Sequence[Notification], groups: GroupQuerySet) -> Mapping[int, Content]:
        asking = set(
            GroupMembership.objects.requested()
            .filter(pk__in={row.object_id for row in rows})
            .values_list("pk", flat=True)
        )
        asks = {"sentence": self.asks, "discreet": self.asks_discreetly}
        return {
            pk: replace(content, extra=asks) if object_id in asking else content
            for pk, object_id, content in _of_groups(rows, groups)
        }


class AcceptedInGroup(_GroupKind):
    """Tells whoever asked to join a private group that the answer is yes."""

    type = "GROUP_ACCEPT"
    label = _("A group you asked to join took you in")
    sentence = _("You are now a member of %(thing)s")
    discreet = _("A private group that you asked to join took you in")
    reason = _("Because you asked to join")
    button = _("Go to the group")
    icon = "check"
    notifies_actor = True

    def target(self, obj: GroupMembership) -> tuple[str, int]:
        return "group", obj.group_id

    def place_id(self, obj: GroupMembership) -> int:
        return obj.group_id

    def recipients(self, obj: GroupMembership) -> Iterable[int]:
        return [obj.user_id]

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        return hidden_groups(facts)

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        groups = Group.objects.visible_to(user)
        return {pk: content for pk, _object, content in _of_groups(notifications, groups)}

    def contents_for_each(self, notifications: Sequence[Notification]) -> Mapping[int, Content]:
        groups = Group.objects.all()
        return {
            pk: content for pk, _object, content in _of_groups(_seen(notifications, hidden_groups), groups)
        }


def _seen(
    rows: Sequence[Notification], hidden_to: Callable[[Sequence[Fact]], Refusals]
) -> list[Notification]:
    """Those that their own recipients may see, asked for all of them at once."""
    hidden = hidden_to([fact_of(row) for row in rows])
    return [row for row in rows if row.pk not in hidden]


def _of_groups(rows: Sequence[Notification], groups: GroupQuerySet) -> Iterator[tuple[int, int, Content]]:
    """The id of each row, that of the fact, and what is said of the group."""
    found = groups.in_bulk({row.target_id for row in rows})
    made = {
        pk: Content(
            thing=group.name,
            url=group.get_absolute_url(),
            bare_url=reverse("groups"),
            thread=f"group.{pk}",
            **place_of(group),
        )
        for pk, group in found.items()
    }
    for row in rows:
        if row.target_id in made:
            yield row.pk, row.object_id, made[row.target_id]
