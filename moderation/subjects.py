"""What can be flagged, seen alike: a post, a comment, a profile, a group."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Comment, Group, GroupMembership, Post, Withheld
from community.models.comments import CommentQuerySet
from community.models.posts import PostQuerySet

Thing = Post | Comment | Group | User


class Type(TextChoices):
    POST = "post", _("post")
    COMMENT = "comment", _("comment")
    PROFILE = "profile", _("profile")
    GROUP = "group", _("group")


@dataclass(frozen=True, slots=True)
class Subject:
    type: Type
    thing: Thing
    person: User | None  # whom a decision concerns: its author, or the owner of the group
    group: Group | None  # whose caretakers look at it first
    title: str
    words: str
    withheld: str

    @property
    def pk(self) -> int:
        return int(self.thing.pk)

    @property
    def url(self) -> str:
        return self.thing.get_absolute_url()


def visible(user: User, type_name: str, pk: int) -> Subject:
    """Raises Http404 for what is not there, and likewise for what `user` may not see."""
    match type_name:
        case Type.POST:
            found: Thing | None = _posts().visible_to(user).filter(pk=pk).first()
        case Type.COMMENT:
            found = _comments().visible_to(user).present().filter(pk=pk).first()
        case Type.PROFILE:
            found = User.objects.filter(pk=pk, is_active=True).first()
        case Type.GROUP:
            found = Group.objects.visible_to(user).filter(pk=pk).first()
        case _:
            found = None
    if found is None:
        raise Http404
    return subject_of(found)


def subjects(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Subject]:
    """Those that are still there, whoever may see them: for the moderation. A query for each type and one
    for the owners of groups."""
    ids: dict[str, set[int]] = {}
    for type_name, pk in wanted:
        ids.setdefault(type_name, set()).add(pk)
    things: list[Thing] = [
        *_posts().filter(pk__in=ids.get(Type.POST, ())),
        *_comments().present().filter(pk__in=ids.get(Type.COMMENT, ())),
        *User.objects.filter(pk__in=ids.get(Type.PROFILE, ())),
    ]
    groups = list(Group.objects.filter(pk__in=ids.get(Type.GROUP, ())))
    owners = _owners(groups)
    found = [subject_of(thing) for thing in things]
    found += [_of_group(group, owners.get(group.pk)) for group in groups]
    return {(subject.type, subject.pk): subject for subject in found}


def subject_of(thing: Thing) -> Subject:
    match thing:
        case Post():
            words = thing.content
            return Subject(Type.POST, thing, thing.author, thing.group, thing.headline, words, thing.withheld)
        case Comment():
            post = thing.post
            return Subject(
                Type.COMMENT, thing, thing.author, post.group, post.headline, thing.content, thing.withheld
            )
        case Group():
            return _of_group(thing, _owners([thing]).get(thing.pk))
        case User():
            withheld = Withheld.HIDDEN if thing.profile_hidden else ""
            return Subject(Type.PROFILE, thing, thing, None, str(thing), thing.bio, withheld)


def _of_group(group: Group, owner: User | None) -> Subject:
    return Subject(Type.GROUP, group, owner, group, group.name, group.description, group.withheld)


def _owners(groups: list[Group]) -> dict[int, User]:
    owners = GroupMembership.objects.active().filter(group__in=groups, role=GroupMembership.Role.OWNER)
    return {membership.group_id: membership.user for membership in owners.select_related("user")}


def _posts() -> PostQuerySet:
    return Post.objects.select_related("author", "group")


def _comments() -> CommentQuerySet:
    return Comment.objects.select_related("author", "post__group")
