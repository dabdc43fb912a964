"""Who reviews what others flagged: staff, and those who look after the group where it is."""

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import get_object_or_404

from accounts.models import User
from community.models import GroupMembership

from .models import Case


def reviews(user: User | AnonymousUser) -> bool:
    """Whether there is a queue for them at all."""
    return user.is_active and (user.is_staff or GroupMembership.objects.caretakers().of(user).exists())


def may_review(user: User, case: Case) -> bool:
    return Case.objects.reviewable_by(user).filter(pk=case.pk).exists()


def reviewed_case(user: User, pk: int | str) -> Case:
    """404 for a case that is not theirs, as for none."""
    return get_object_or_404(Case.objects.reviewable_by(user).for_display(), pk=pk)
