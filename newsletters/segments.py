"""Whom an edition is for, and who of them is left out: one query for sending, counting and the last look.

A member is reached at the address of their account, if they showed that it is theirs: else whoever wants
to annoy somebody signs up with their address. Who subscribed without an account showed it by the link
they followed, and belongs to a group where a member of it showed the same of that address.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from allauth.account.models import EmailAddress
from django.db.models import Case, CharField, Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from community.models import GroupMembership
from notifications.bouncing import suppressing
from notifications.mailings import Copy
from notifications.models import Delivery

from .models import Edition, Subscriber

Reason = Delivery.Reason


@dataclass(frozen=True, slots=True)
class Reach:
    """How many addresses an edition goes to, if it is sent now."""

    members: int = 0
    others: int = 0
    twice: int = 0  # rows beyond the first of one address
    left_out: dict[str, int] = field(default_factory=dict)  # Reason → how many

    @property
    def addresses(self) -> int:
        return self.members + self.others


def all_reached() -> QuerySet[Any]:
    """Who agreed, with `to`, where each is reached, and `why` not, empty for those who are."""
    return _reached(Subscriber.objects.current())


def subscribers_of(edition: Edition) -> QuerySet[Any]:
    people = all_reached()
    if edition.group_id is None:
        return people
    members = GroupMembership.objects.active().filter(group=edition.group_id).values("user_id")
    proven = EmailAddress.objects.filter(verified=True, user__in=members)
    addresses = proven.annotate(small=Lower("email")).values("small")
    return people.filter(Q(user__in=members) | Q(address__in=addresses))


def copies_of(edition: Edition, *, after: int, limit: int) -> list[Copy]:
    rows = subscribers_of(edition).filter(pk__gt=after).order_by("pk")
    return [Copy(*row) for row in rows.values_list("pk", "to", "user_id", "why")[:limit]]


def reach_of(edition: Edition) -> Reach:
    by_address = subscribers_of(edition).order_by().values("to")
    found = by_address.annotate(
        reason=Min("why"),  # the empty one first: one way to somebody is enough
        rows=Count("pk"),
        account=Min("user_id", filter=Q(why="")),
    )
    reached = Q(reason="")
    counted = found.aggregate(
        members=Count("to", filter=reached & Q(account__isnull=False)),
        others=Count("to", filter=reached & Q(account=None)),
        all=Count("to"),
        rows_of_all=Sum("rows"),
        **{reason.value: Count("to", filter=Q(reason=reason.value)) for reason in _LEFT_OUT},
    )
    return Reach(
        members=counted["members"],
        others=counted["others"],
        twice=(counted["rows_of_all"] or 0) - counted["all"],
        left_out={reason.value: n for reason in _LEFT_OUT if (n := counted[reason.value])},
    )


def find(edition: Edition, delivery: Delivery) -> Subscriber | Delivery.Reason:
    """Who wants this copy now, at its address; or why nobody does."""
    mine = Q(address=delivery.address) | Q(user=delivery.recipient_id) & Q(user__isnull=False)
    found = list(subscribers_of(edition).filter(mine).select_related("user__quiet_hours"))
    there: list[Any] = [one for one in found if one.to == delivery.address]
    for one in there:
        if not one.why:
            return cast(Subscriber, one)
    if there:
        return Reason(there[0].why)
    if found:
        return Reason.NO_ADDRESS  # it is another by now
    # Out of the group, or out of the list.
    return Reason.HIDDEN if Subscriber.objects.current().filter(mine).exists() else Reason.OPTED_OUT


def same_address(subscriber: Subscriber) -> QuerySet[Subscriber]:
    """The row itself, and another that reaches the same mailbox."""
    address = (subscriber.user.email if subscriber.user else subscriber.address).lower()
    accounts = User.objects.annotate(small=Lower("email")).filter(small=address)
    return Subscriber.objects.filter(Q(pk=subscriber.pk) | Q(address=address) | Q(user__in=accounts))


def has_proven_address(user: User) -> bool:
    proven = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return bool(proven.exists())


def _reached(subscribers: QuerySet[Subscriber]) -> QuerySet[Any]:
    proven = EmailAddress.objects.filter(user=OuterRef("user"), email__iexact=OuterRef("user__email"))
    return (
        subscribers.exclude(user__email="")
        .annotate(
            to=Case(
                When(user=None, then=F("address")), default=Lower("user__email"), output_field=CharField()
            ),
        )
        .annotate(
            why=Case(
                When(user__is_active=False, then=Value(Reason.NO_ADDRESS.value)),
                When(
                    ~Q(user=None) & ~Exists(proven.filter(verified=True)), then=Value(Reason.UNPROVEN.value)
                ),
                default=Coalesce(suppressing.stopped_as(OuterRef("to")), Value("")),
                output_field=CharField(),
            ),
        )
    )


_LEFT_OUT = (Reason.NO_ADDRESS, Reason.UNPROVEN, Reason.BOUNCED, Reason.COMPLAINED)
