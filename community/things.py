"""Groups and posts by name, for the lists of what a person chose about them."""

from collections.abc import Collection, Mapping

from accounts.models import User
from notifications import things
from notifications.things import Thing

from .models import Group, Post


def groups(user: User, ids: Collection[int]) -> Mapping[int, Thing]:
    found = Group.objects.visible_to(user).in_bulk(ids)
    return {pk: Thing(group.name, group.get_absolute_url()) for pk, group in found.items()}


def posts(user: User, ids: Collection[int]) -> Mapping[int, Thing]:
    found = Post.objects.visible_to(user).in_bulk(ids)
    return {pk: Thing(post.headline, post.get_absolute_url()) for pk, post in found.items()}


def register() -> None:
    things.register(things.PLACE, groups)
    things.register("post", posts)
