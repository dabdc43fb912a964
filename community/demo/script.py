"""The files of the demo community, as plain values: who says what, and how long ago."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
OUTSIDE_GROUPS = "neighbourhood"


@dataclass(frozen=True, slots=True)
class PersonScript:
    username: str
    name: str
    bio: str
    time_zone: str
    language: str

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"


@dataclass(frozen=True, slots=True)
class CommentScript:
    author: str
    hours_later: float  # after the post
    content: str
    reply_to: int | None  # the number of the comment it answers, from 1


@dataclass(frozen=True, slots=True)
class PostScript:
    author: str
    days_ago: float
    title: str
    content: str
    reactions: Mapping[str, Sequence[str]]  # by type
    bookmarks: Sequence[str]
    comments: Sequence[CommentScript]

    def first_act_of(self, username: str) -> float | None:
        """How many days ago this person had a first part in it."""
        if username == self.author:
            return self.days_ago
        said = [c.hours_later for c in self.comments if c.author == username]
        if said:
            return self.days_ago - min(said) / 24
        pressed = any(username in people for people in (*self.reactions.values(), self.bookmarks))
        return self.days_ago if pressed else None


@dataclass(frozen=True, slots=True)
class GroupScript:
    name: str
    description: str
    is_private: bool
    owner: str
    moderators: Sequence[str]
    members: Sequence[str]  # owner and moderators left out


@dataclass(frozen=True, slots=True)
class PlaceScript:
    """A group and its posts; no group for those that everybody sees."""

    group: GroupScript | None
    posts: Sequence[PostScript]


def read_people() -> list[PersonScript]:
    return [PersonScript(**person) for person in _read("people")["people"]]


def read_places() -> list[PlaceScript]:
    names = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "people")
    return [_place(_read(name)) for name in names]


def _place(content: Mapping[str, Any]) -> PlaceScript:
    group = content.get("group")
    return PlaceScript(GroupScript(**group) if group else None, [_post(post) for post in content["posts"]])


def _post(post: Mapping[str, Any]) -> PostScript:
    comments = [
        CommentScript(c["author"], c["hours_later"], c["content"], c.get("reply_to"))
        for c in post.get("comments", ())
    ]
    return PostScript(
        author=post["author"],
        days_ago=post["days_ago"],
        title=post.get("title", ""),
        content=post["content"],
        reactions=post.get("reactions", {}),
        bookmarks=post.get("bookmarks", ()),
        comments=comments,
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
