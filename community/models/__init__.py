"""What people make together. Imports go one way: comments → posts → groups → withholding."""

from .comments import Comment
from .groups import Group, GroupMembership
from .posts import Bookmark, Post, PostImage, PostReaction
from .withholding import Withheld

__all__ = ["Bookmark", "Comment", "Group", "GroupMembership", "Post", "PostImage", "PostReaction", "Withheld"]
