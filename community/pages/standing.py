"""What somebody is to a group, asked once for a page that shows it in many places."""

from dataclasses import dataclass

from accounts.models import User

from ..models import Group, GroupMembership
from ..permissions import membership_of

Role, Status = GroupMembership.Role, GroupMembership.Status


@dataclass(frozen=True, slots=True)
class Standing:
    """For showing or hiding buttons; whether a button may be pressed is asked again when it is."""

    membership: GroupMembership | None

    @property
    def is_member(self) -> bool:
        return self.membership is not None and self.membership.status == Status.ACTIVE

    @property
    def looks_after(self) -> bool:
        return self.is_member and self._role in (Role.OWNER, Role.MODERATOR)

    @property
    def owns(self) -> bool:
        return self.is_member and self._role == Role.OWNER

    @property
    def _role(self) -> str:
        return self.membership.role if self.membership is not None else ""


def standing_of(user: User, group: Group) -> Standing:
    return Standing(membership_of(user, group))
