"""Every write of the community, one function each: used by pages, API, admin and demo alike.

Each is one transaction, and doing it twice is doing it once. They raise PermissionDenied where the
person may not, ValidationError (by field) where the input is wrong, and answer with what now holds.
Finding the object among those that the person may see is the caller's part (`visible_to`).
"""

from .comments import comment, delete_comment, edit_comment
from .engagement import bookmark, react, unbookmark, unreact
from .groups import (
    accept_request,
    create_group,
    decline_request,
    delete_group,
    edit_group,
    join_group,
    leave_group,
    remove_member,
    set_role,
)
from .posts import create_post, delete_post, edit_post
from .watching import follow_group, follow_post

__all__ = [
    "accept_request",
    "bookmark",
    "comment",
    "create_group",
    "create_post",
    "decline_request",
    "delete_comment",
    "delete_group",
    "delete_post",
    "edit_comment",
    "edit_group",
    "edit_post",
    "follow_group",
    "follow_post",
    "join_group",
    "leave_group",
    "react",
    "remove_member",
    "set_role",
    "unbookmark",
    "unreact",
]
