"""Groups, and coming and going."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from accounts.models import User
from notifications.models import Notification
from notifications.models.notification import NotificationQuerySet
from notifications.service import NotificationService
from notifications.transactions import acting

from ..engagement import ACCEPTED_IN_GROUP
from ..happenings import accepted
from ..judging import judge
from ..models import Group, GroupMembership, Post, Withheld
from ..permissions import may_look_after, may_own, membership_of
from .input import clean_text
from .withholding import withhold

Role, Status = GroupMembership.Role, GroupMembership.Status
RESERVED_SLUGS = {"new"}
ROLE_GIVEN = audit.register(
    "role_given",
    gettext_lazy("gave a role in a group"),
    own=gettext_lazy("Your role in a group was changed."),
)
MEMBER_REMOVED = audit.register(
    "member_removed", gettext_lazy("removed a member"), own=gettext_lazy("You were removed from a group.")
)


def create_group(
    user: User,
    name: str,
    *,
    description: str = "",
    is_private: bool = False,
    words_in_mail: bool = False,
    at: datetime | None = None,
) -> Group:
    """Found a group; `user` owns it. Raises ValidationError where the name is taken."""
    name, description = _clean(name, description)
    now = at or timezone.now()
    with acting():
        _check_name(name)
        judgement = judge(user, "group", {"name": name, "description": description}, at=now)
        group = Group.objects.create(
            slug=_free_slug(name), name=name, description=description, is_private=is_private,
            words_in_mail=words_in_mail, created_at=now, withheld=judgement.withheld,
        )  # fmt: skip
        GroupMembership.objects.create(group=group, user=user, role=Role.OWNER, joined_at=now)
        judgement.tell(group)
    return group


def edit_group(
    user: User,
    group: Group,
    *,
    name: str | None = None,
    description: str | None = None,
    is_private: bool | None = None,
    words_in_mail: bool | None = None,
) -> Group:
    """Change what is given. Closing it takes it from the inboxes of all who are not in it."""
    if not may_own(user, group):
        raise PermissionDenied
    new_name, new_description = _clean(
        group.name if name is None else name, group.description if description is None else description
    )
    closes = is_private is True and not group.is_private
    with acting():
        _check_name(new_name, besides=group)
        fields = {"name": new_name, "description": new_description}
        judgement = judge(user, "group", fields, thing=group, at=timezone.now())
        group.name, group.description = new_name, new_description
        group.is_private = group.is_private if is_private is None else is_private
        group.words_in_mail = group.words_in_mail if words_in_mail is None else words_in_mail
        group.save(update_fields=["name", "description", "is_private", "words_in_mail"])
        if closes:
            hide_from_strangers(group)
        if judgement.withheld:
            withhold(group, Withheld.HELD)
        judgement.tell(group)
    return group


def hide_from_strangers(group: Group) -> None:
    """It was closed: take it from the inboxes of all who are not in it."""
    with acting():
        members = group.memberships.active().values("user")
        NotificationService.withdraw(_about(group).exclude(recipient__in=members))


def delete_group(user: User, group: Group) -> None:
    """With all that is in it."""
    if not may_own(user, group):
        raise PermissionDenied
    remove_group(group)


def remove_group(group: Group) -> None:
    """`delete_group` for the administration, which asks in its own way who may."""
    with acting():
        NotificationService.withdraw(Notification.objects.filter(target_type="group", target_id=group.pk))
        group.delete()


def join_group(user: User, group: Group, *, at: datetime | None = None) -> GroupMembership:
    """Join a public group; ask to join a private one (its address is known from an invitation)."""
    with acting():
        membership, _created = GroupMembership.objects.get_or_create(
            group=group,
            user=user,
            defaults={
                "status": Status.REQUESTED if group.is_private else Status.ACTIVE,
                "joined_at": at or timezone.now(),
            },
        )
        if membership.status == Status.REQUESTED and not group.is_private:  # opened meanwhile
            membership.status = Status.ACTIVE
            membership.save(update_fields=["status"])
            accepted.send(sender=GroupMembership, membership=membership)
    return membership


def leave_group(user: User, group: Group) -> bool:
    """Leave, or take a request back; False where there was neither. The last owner hands over first."""
    with acting():
        membership = membership_of(user, group)
        if membership is None:
            return False
        if membership.role == Role.OWNER:
            raise ValidationError(_("You own this group: hand it to another member first, or delete it."))
        membership.delete()
    return True


def accept_request(user: User, membership: GroupMembership, *, at: datetime | None = None) -> GroupMembership:
    if not may_look_after(user, membership.group):
        raise PermissionDenied
    with acting():
        requested = GroupMembership.objects.requested().filter(pk=membership.pk)
        is_new = requested.update(status=Status.ACTIVE)
        membership.refresh_from_db()
        if is_new:
            NotificationService.emit(ACCEPTED_IN_GROUP, membership, at=at)
            accepted.send(sender=GroupMembership, membership=membership)
    return membership


def decline_request(user: User, membership: GroupMembership) -> None:
    if not may_look_after(user, membership.group) or membership.status != Status.REQUESTED:
        raise PermissionDenied
    with acting():
        membership.delete()


def remove_member(user: User, membership: GroupMembership) -> None:
    """Caretakers remove members; only the owner removes a moderator, and nobody the owner."""
    group = membership.group
    if membership.role == Role.OWNER or not may_look_after(user, group):
        raise PermissionDenied
    if membership.role == Role.MODERATOR and not may_own(user, group):
        raise PermissionDenied
    with acting():
        membership.delete()
        audit.record(MEMBER_REMOVED, actor=user, target=membership.user, group=group.pk)


def set_role(user: User, membership: GroupMembership, role: str) -> GroupMembership:
    """The owner's to give. Giving ownership away makes the giver a moderator: a group has one owner."""
    if role not in Role.values:
        raise ValidationError({"role": _("There is no role of this name.")})
    if (
        not may_own(user, membership.group)
        or membership.status != Status.ACTIVE
        or membership.user_id == user.pk
    ):
        raise PermissionDenied
    return give_role(membership, role, by=user)


def give_role(membership: GroupMembership, role: str, *, by: User | None) -> GroupMembership:
    """`set_role` for those who ask in their own way who may. One owner a group, always."""
    with acting():
        if role == Role.OWNER:
            others = membership.group.memberships.filter(role=Role.OWNER).exclude(pk=membership.pk)
            others.update(role=Role.MODERATOR)
        membership.role = role
        membership.save(update_fields=["role"])
        audit.record(ROLE_GIVEN, actor=by, target=membership.user, role=role, group=membership.group_id)
    return membership


def _clean(name: str, description: str) -> tuple[str, str]:
    cleaned = " ".join(clean_text("name", name, max_length=80).split())
    if not slugify(cleaned, allow_unicode=False) and not any(c.isalnum() for c in cleaned):
        raise ValidationError({"name": _("A name needs letters or digits.")})
    return cleaned, clean_text("description", description, max_length=500, required=False)


def _check_name(name: str, *, besides: Group | None = None) -> None:
    """Names of private groups are nobody's business: only public ones are told apart."""
    same = Group.objects.filter(name__iexact=name, is_private=False)
    if (same.exclude(pk=besides.pk) if besides else same).exists():
        raise ValidationError({"name": _("A group of this name exists already.")})


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "group"
    taken = set(Group.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken
    )


def _about(group: Group) -> NotificationQuerySet:
    posts = Post.objects.filter(group=group).values("pk")
    return Notification.objects.filter(target_type="post", target_id__in=posts)
