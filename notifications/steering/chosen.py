"""What a person chose narrowly, as their preferences page lists it: with names, and a way back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..models import Block, Rule
from ..things import PLACE, Thing, things

SHOWN = 50  # the latest; the API has them all


@dataclass(frozen=True, slots=True)
class Chosen:
    rule: Rule
    thing: Thing | None  # None for what this person may not see any more


def chosen_by(user: Any) -> Sequence[Chosen]:
    """About places and threads, the latest first. A fixed number of queries for each type of thing."""
    rules = list(Rule.objects.of(user).exclude(scope=Rule.Scope.KIND).order_by("-created_at", "-pk")[:SHOWN])
    named = {
        (type_name, pk): thing
        for type_name in {_about(rule)[0] for rule in rules}
        for pk, thing in things(user, type_name, _ids(rules, type_name)).items()
    }
    return [Chosen(rule, named.get(_about(rule))) for rule in rules]


def blocked_by(user: Any) -> Sequence[Block]:
    return list(
        Block.objects.filter(user=user).select_related("blocked").order_by("-created_at", "-pk")[:SHOWN]
    )


def _about(rule: Rule) -> tuple[str, int]:
    if rule.scope == Rule.Scope.PLACE:
        return PLACE, rule.place_id or 0
    return rule.target_type, rule.target_id or 0


def _ids(rules: Iterable[Rule], type_name: str) -> set[int]:
    return {pk for about, pk in map(_about, rules) if about == type_name}
