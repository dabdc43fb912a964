"""What the community notifies of. Each kind says whom a fact concerns, and what they may see of it.

Who is concerned for several reasons hears of a comment once, for the strongest:
mention > reply > comment on one's own post > a comment where one watches > post in a group.
"""

from collections.abc import Collection
from typing import Any

from notifications import places
from notifications.kinds import register as register_kind

from ..models import Group
from .comments import Commented, Mentioned, Replied
from .groups import AcceptedInGroup, JoinedGroup
from .posts import Bookmarked, Liked, PostedInGroup

LIKED, BOOKMARKED = Liked(), Bookmarked()
COMMENTED, REPLIED, MENTIONED = Commented(), Replied(), Mentioned()
POSTED_IN_GROUP, JOINED_GROUP, ACCEPTED_IN_GROUP = PostedInGroup(), JoinedGroup(), AcceptedInGroup()


def register() -> None:
    for kind in (
        LIKED, BOOKMARKED, COMMENTED, REPLIED, MENTIONED, POSTED_IN_GROUP, JOINED_GROUP, ACCEPTED_IN_GROUP,
    ):  # fmt: skip
        register_kind(kind)
    places.register(groups_of)


def groups_of(user: Any, ids: Collection[int] | None) -> list[places.Named]:
    """The groups that a person is in: who left one is not reminded of it."""
    groups = Group.objects.joined_by(user)
    rows = (groups if ids is None else groups.filter(pk__in=ids)).values_list("pk", "slug", "name")
    return [places.Named(*row) for row in rows]
