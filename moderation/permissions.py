"""Who reviews what others flagged: staff, and those who look after the group where it is."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from community.models import GroupMembership

from .models import Case, Decision


def reviews(user: User | AnonymousUser) -> bool:
    """Whether there is a queue for them at all."""
    return user.is_active and (user.is_staff or GroupMembership.objects.caretakers().of(user).exists())


def may_review(user: User, case: Case) -> bool:
    return Case.objects.reviewable_by(user).filter(pk=case.pk).exists()


def may_answer(user: User, case: Case) -> bool:
    """An appeal: whoever decided does so only where nobody else is there to."""
    if not may_review(user, case):
        return False
    decided_by = Decision.objects.filter(case=case).values_list("by_id", flat=True).first()
    return decided_by != user.pk or not reviewers_of(case).exclude(pk=user.pk).exists()


def reviewers_of(case: Case) -> QuerySet[User]:
    """Those for whom it is there now; of a public group the staff only once it is escalated to them."""
    concerned = Q(is_staff=True) if case.escalated_at else Q(pk__in=())
    if case.group_id is not None and not case.for_staff:
        caretakers = GroupMembership.objects.caretakers().filter(group_id=case.group_id)
        concerned |= Q(pk__in=caretakers.values("user_id"))
    return User.objects.filter(concerned, is_active=True).exclude(pk=case.person_id or 0)


def reviewed_case(user: User, pk: int | str) -> Case:
    """404 for a case that is not theirs, as for none."""
    return get_object_or_404(Case.objects.reviewable_by(user).for_display(), pk=pk)
