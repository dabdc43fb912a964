"""Who looks after a group when its owner leaves: the moderator, or else the member, who came first."""

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, When

from accounts.models import User
from community.models import Group, GroupMembership

Role = GroupMembership.Role
SHOWN = 50


def heirs(group: Group) -> QuerySet[GroupMembership]:
    return _in_order(group.memberships.active().filter(user__is_active=True).exclude(role=Role.OWNER))


def inheritance(user: User) -> list[tuple[Group, User | None]]:
    """For whoever thinks of leaving: each group that they own, and whose it becomes; nobody's: it ends."""
    others = GroupMembership.objects.active().filter(group=OuterRef("pk"), user__is_active=True)
    first = _in_order(others.exclude(role=Role.OWNER)).values("user")[:1]
    owned = Group.objects.filter(memberships__user=user, memberships__role=Role.OWNER)
    groups = owned.annotate(heir=Subquery(first)).order_by("name", "pk")[:SHOWN]
    found: list[tuple[Group, int | None]] = [(group, vars(group)["heir"]) for group in groups]
    people = User.objects.in_bulk([heir for _group, heir in found if heir])
    return [(group, people.get(heir or 0)) for group, heir in found]


def _in_order(members: QuerySet[GroupMembership]) -> QuerySet[GroupMembership]:
    after = Case(When(role=Role.MODERATOR, then=0), default=1, output_field=IntegerField())
    return members.order_by(after, "joined_at", "pk")
