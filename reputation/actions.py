"""What people and staff do with a reputation; what it is made of is done in the community."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

import audit
from accounts.models import User
from notifications.transactions import acting

from .models import Standing
from .reconciling import Difference, reconcile

RECALCULATED = audit.register("reputation_recalculated", _("counted a person's points again"))


def hide(person: User, *, hidden: bool) -> None:
    """From everybody but the staff. Points go on being counted."""
    with acting():
        Standing.objects.update_or_create(person=person, defaults={"is_hidden": hidden})


def recalculate(person: User, *, by: AbstractBaseUser) -> Difference:
    """By hand, telling nobody; the log keeps that it was done, and what it changed."""
    with acting():
        found = reconcile(person, silently=True)
        audit.record(RECALCULATED, actor=by, target=person, before=found.kept, after=found.total)
    return found
