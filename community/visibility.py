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
    columns = rows.values_list("pk", "group_id", "group__is_private", "withheld", "group__withheld")
    groups = {pk: (group, private, bool(own or of_group)) for pk, group, private, own, of_group in columns}
    return _refuse(facts, groups)


def hidden_groups(facts: Sequence[Fact]) -> Refusals:
    """By `target_id`, a group."""
    rows = Group.objects.filter(pk__in=among({fact.target_id for fact in facts}))
    columns = rows.values_list("pk", "is_private", "withheld")
    return _refuse(facts, {pk: (pk, private, bool(withheld)) for pk, private, withheld in columns})


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
    withheld = dict(there.values_list("pk", "withheld"))
    hidden = {fact.id: Event.Outcome.HIDDEN for fact in facts if withheld.get(fact.object_id)}
    return hidden_posts(facts) | hidden | without(facts, withheld, lambda fact: fact.object_id)


def without(facts: Sequence[Fact], there: Collection[Any], what: Callable[[Fact], Any]) -> Refusals:
    """The facts whose own row is gone."""
    return {fact.id: Event.Outcome.GONE for fact in facts if what(fact) not in there}


def _refuse(facts: Sequence[Fact], places: Mapping[int, tuple[int | None, bool | None, bool]]) -> Refusals:
    """`places`: target id → its group, whether that is private, whether the moderation withholds it; absent
    where the target is gone. Nobody is told of what is withheld, whoever may still see it."""
    closed = {group_id for group_id, private, _withheld in places.values() if group_id and private}
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
        group_id, private, withheld = places[fact.target_id]
        if withheld or (private and (group_id, fact.recipient_id) not in members):
            refused[fact.id] = Event.Outcome.HIDDEN
    return refused
