"""The comments of a post as people read them: two steps in, flat beyond, in the order they were written.

A long thread is shown in parts. Where everything stands is known from ids alone; what people said is fetched
for one part, with the comments that the first of its replies stand under.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.models import User

from .models import Comment

STEPS = 2
PART, FEW = 200, 50  # comments in a part; so few more are no part of their own


class Place(NamedTuple):
    pk: int
    home: int  # the comment in whose list of replies it stands; 0 for the thread itself
    step: int  # 0 to STEPS


@dataclass(slots=True)
class Node:
    comment: Comment
    step: int
    answers: User | None = None  # whom it answers, where its place does not say so
    replies: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    places: Sequence[Place]  # after the homes that its first ones stand under
    first: int = 0
    earlier: int = 0  # a comment of the part before it; 0 where this is the first
    following: int = 0  # the first comment of the part after it
    left: int = 0  # comments after it

    @property
    def is_all(self) -> bool:
        return not (self.earlier or self.following)


def reading_order(comments: Iterable[tuple[int, int | None]]) -> list[Place]:
    """From ids and those of parents, oldest first. However deep people talk, nothing here goes deeper."""
    places: dict[int, Place] = {}
    lists: dict[int, list[Place]] = {}
    for pk, parent_id in comments:
        parent = places.get(parent_id or 0)  # none, too, for a reply dated before its parent
        if parent is None:
            place = Place(pk, 0, 0)
        else:
            is_flat = parent.step == STEPS
            place = Place(pk, parent.home if is_flat else parent.pk, min(parent.step + 1, STEPS))
        places[pk] = place
        lists.setdefault(place.home, []).append(place)

    def below(home: int) -> Iterator[Place]:
        for place in lists.get(home, ()):
            yield place
            yield from below(place.pk)

    return list(below(0))


def part_of(order: Sequence[Place], pk: int = 0) -> Part:
    """The part in which this comment stands; the first where it is none of these."""
    last = max(0, (len(order) - FEW - 1) // PART)
    number = min(next((index for index, place in enumerate(order) if place.pk == pk), 0) // PART, last)
    start, end = number * PART, len(order) if number == last else (number + 1) * PART
    shown = list(order[start:end])
    by_pk = {place.pk: place for place in order[:start]}
    while shown and (home := by_pk.get(shown[0].home)):
        shown.insert(0, home)
    return Part(
        shown,
        first=order[start].pk if order else 0,
        earlier=order[start - PART].pk if start else 0,
        following=order[end].pk if end < len(order) else 0,
        left=len(order) - end,
    )


def thread_of(places: Iterable[Place], comments: Mapping[int, Comment]) -> list[Node]:
    """`comments`: with their authors and those of their parents. One that is gone takes its replies along."""
    top: list[Node] = []
    nodes: dict[int, Node] = {}
    for place in places:
        home, comment = nodes.get(place.home), comments.get(place.pk)
        if comment is None or (place.home and home is None):
            continue
        node = nodes[place.pk] = Node(comment, place.step)
        parent = comment.parent
        if parent and home and parent.pk != place.home and not parent.deleted_at:
            node.answers = parent.author
        (home.replies if home else top).append(node)
    return top
