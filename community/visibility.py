"""For a batch of facts about several people: which of them must not be told, and why.

The set-based twin of `visible_to`, which answers for one person; a test holds the two together.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from notifications.kinds import Fact
from notifications.models import Event
from notifications.sql import among

from .models import Comment, Group, GroupMembership, Post

Refusals = dict[int, Event.Outcome]


def hidden_posts(facts: Sequence[Fact]) -> Refusals:
    """By `target_id`, a post."""
    rows = Post.objects.filter(pk__in=among({fact.target_id for fact in facts}))
    groups = {
        pk: (group, private) for pk, group, private in rows.values_list("pk", "group_id", "group__is_private")
    }
    return _refuse(facts, groups)


def hidden_groups(facts: Sequence[Fact]) -> Refusals:
    """By `target_id`, a group."""
    rows = Group.objects.filter(pk__in=among({fact.target_id for fact in facts}))
    return _refuse(facts, {pk: (pk, private) for pk, private in rows.values_list("pk", "is_private")})


def hidden_from_members(facts: Sequence[Fact]) -> Refusals:
    """By `target_id`, a group, of what only its caretakers are told."""
    there = GroupMembership.objects.caretakers().filter(
        group_id__in=among({fact.target_id for fact in facts}),
        user_id__in=among({fact.recipient_id for fact in facts}),
    )
    caretakers = set(there.values_list("group_id", "user_id"))
    strangers = [fact for fact in facts if (fact.target_id, fact.recipient_id) not in caretakers]
    return {fact.id: Event.Outcome.HIDDEN for fact in strangers} | hidden_groups(strangers)


def hidden_comments(facts: Sequence[Fact]) -> Refusals:
    """By `object_id`, a comment, and by the post it is on."""
    there = Comment.objects.present().filter(pk__in=among({fact.object_id for fact in facts}))
    return hidden_posts(facts) | without(
        facts, set(there.values_list("pk", flat=True)), lambda fact: fact.object_id
    )


def without(facts: Sequence[Fact], there: Collection[Any], what: Callable[[Fact], Any]) -> Refusals:
    """The facts whose own row is gone."""
    return {fact.id: Event.Outcome.GONE for fact in facts if what(fact) not in there}


def _refuse(facts: Sequence[Fact], places: Mapping[int, tuple[int | None, bool | None]]) -> Refusals:
    """`places`: target id → its group and whether that is private; absent where the target is gone."""
    closed = {group_id for group_id, private in places.values() if group_id and private}
    members = (
        set(
            GroupMembership.objects.active()
            .filter(group_id__in=closed, user_id__in=among({fact.recipient_id for fact in facts}))
            .values_list("group_id", "user_id")
        )
        if closed
        else set()
    )
    refused: Refusals = {}
    for fact in facts:
        if fact.target_id not in places:
            refused[fact.id] = Event.Outcome.GONE
            continue
        group_id, private = places[fact.target_id]
        if private and (group_id, fact.recipient_id) not in members:
            refused[fact.id] = Event.Outcome.HIDDEN
    return refused
