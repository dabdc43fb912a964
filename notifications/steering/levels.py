"""Writing down what a person wants of one thread, one place or one kind. Deciding is `preferences.py`'s.

What is written holds for what is waiting already: everything is asked again before it leaves.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from .. import kinds
from ..kinds import Kind
from ..models import Category, Level, Rule
from ..transactions import acting

CHANNELS = ("in_app", "email", "push")


class Followed(NamedTuple):
    """How closely somebody follows a thread. `by_place`: because they follow its place so."""

    level: Level
    by_place: bool = False


def place_level(user: Any, place_id: int) -> Level:
    rule = Rule.objects.of(user).about_place(place_id).first()
    return Level(rule.level) if rule and rule.level else Level.NORMAL


def thread_level(user: Any, target_type: str, target_id: int, place_id: int | None) -> Followed:
    about = Q(scope=Rule.Scope.THREAD, target_type=target_type, target_id=target_id)
    if place_id is not None:
        about |= Q(scope=Rule.Scope.PLACE, place_id=place_id)
    levels = dict(Rule.objects.of(user).filter(about).exclude(level="").values_list("scope", "level"))
    if own := levels.get(Rule.Scope.THREAD):
        return Followed(Level(own))
    of_place = Level(levels.get(Rule.Scope.PLACE, Level.NORMAL))
    return Followed(of_place, by_place=of_place != Level.NORMAL)


def set_place_level(user: Any, place_id: int, level: Level) -> None:
    about = {"scope": Rule.Scope.PLACE, "place_id": place_id}
    with acting():
        _write(user, about, {"level": "" if level == Level.NORMAL else level})


def set_thread_level(
    user: Any, target_type: str, target_id: int, level: Level, *, place_id: int | None
) -> None:
    """Normal is worth a row only where the place of the thread is followed in another way."""
    about = {"scope": Rule.Scope.THREAD, "target_type": target_type, "target_id": target_id}
    with acting():
        like_everything = place_id is None or place_level(user, place_id) == Level.NORMAL
        _write(user, about, {"level": "" if level == Level.NORMAL and like_everything else level})


def set_channels(user: Any, about: Mapping[str, Any], channels: Mapping[str, bool | None]) -> None:
    """`about`: scope and thing, as in a Rule; `channels`: those of CHANNELS to change, None to inherit."""
    with acting():
        _write(user, about, channels)


def set_kinds(user: Any, wishes: Mapping[Kind, Mapping[str, bool | None]]) -> None:
    with acting():
        for kind, channels in wishes.items():
            _write(user, {"scope": Rule.Scope.KIND, "type": kind.type}, channels)


def forget(rules: QuerySet[Rule]) -> int:
    """Back to what the next broader choice says; how many there were."""
    with acting():
        return rules.delete()[0]


def stop_watching(user_id: int, *, place_id: int, threads: Q | None = None) -> None:
    """Somebody left the place: what was muted stays so, what was watched is watched no more."""
    about = Q(scope=Rule.Scope.PLACE, place_id=place_id)
    if threads is not None:
        about |= Q(scope=Rule.Scope.THREAD) & threads
    rules = Rule.objects.watching().filter(about, user_id=user_id)
    rules.exclude(_SAYS_NO).delete()
    rules.update(level="")


def drop_wishes_for_mail(user_id: int, category: Category) -> None:
    """Nothing of this category is mailed any more because somebody asked for it narrowly."""
    types = [kind.type for kind in kinds.all_kinds() if kind.category == category]
    asked = Rule.objects.filter(~Q(scope=Rule.Scope.KIND) | Q(type__in=types), user_id=user_id, email=True)
    asked.filter(level="", in_app=None, push=None).delete()
    asked.update(email=None)


_SAYS_NO = Q(in_app=False) | Q(email=False) | Q(push=False)


def _write(user: Any, about: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """A rule that says nothing any more is not kept."""
    rules = Rule.objects.filter(user_id=user.pk, **about)
    if not any(change not in ("", None) for change in changes.values()):
        rules.update(**changes)
    else:
        Rule.objects.update_or_create(user_id=user.pk, **about, defaults=dict(changes))
    rules.filter(level="", in_app=None, email=None, push=None).delete()
