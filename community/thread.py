"""The comments of a post as people read them: two steps in, flat beyond, in the order they were written."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import User

from .models import Comment

STEPS = 2


@dataclass(slots=True)
class Node:
    comment: Comment
    step: int  # 0 to STEPS
    answers: User | None = None  # whom it answers, where its place does not say so
    replies: list["Node"] = field(default_factory=list)


def thread_of(comments: Iterable[Comment]) -> list[Node]:
    """From one query, oldest first, with authors. However deep people talk, nothing here recurses."""
    top: list[Node] = []
    by_id: dict[int, Comment] = {}
    homes: dict[int, Node] = {}  # comment id → the node that takes the replies to it
    for comment in comments:
        home = homes.get(comment.parent_id or 0)  # none, too, for a reply dated before its parent
        node = Node(comment, home.step + 1 if home else 0)
        parent = by_id.get(comment.parent_id or 0)
        if home and parent and home.comment.pk != parent.pk and not parent.deleted_at:
            node.answers = parent.author
        (home.replies if home else top).append(node)
        by_id[comment.pk] = comment
        homes[comment.pk] = home if home and node.step == STEPS else node
    return top
