"""What a decision does to what and whom it is about, and how it is undone."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts.models import User
from accounts.returning import let_back
from community.actions.withholding import show_again, withhold
from community.models import Withheld

from .models import Case, Decision
from .subjects import Subject

Action = Decision.Action


def apply(decision: Decision, subject: Subject | None, *, also_hide: bool = False) -> None:
    """In the caller's transaction. `subject`: None where it is gone."""
    match decision.action:
        case Action.DISMISS:
            if subject is not None and subject.withheld == Withheld.HELD:
                _show(subject)
                decision.withheld = Withheld.HELD
        case Action.HIDE:
            decision.withheld = _withhold(_there(subject), Withheld.HIDDEN)
        case Action.REMOVE:
            decision.withheld = _withhold(_there(subject), Withheld.REMOVED)
        case Action.WARN:
            _concerned(decision)
        case Action.SUSPEND:
            _suspend(_concerned(decision))
    if also_hide and decision.action in (Action.WARN, Action.SUSPEND):
        decision.withheld = _withhold(_there(subject), Withheld.HIDDEN)
    decision.save(update_fields=["withheld"])


def undo(decision: Decision, subject: Subject | None, now: datetime) -> None:
    """As if it had not been decided, as far as what it is about is still there."""
    if decision.action != Action.DISMISS and decision.withheld and subject is not None:
        _show(subject)
    if decision.action == Action.SUSPEND:
        lift(decision, now)


def lift(decision: Decision, now: datetime) -> bool:
    """End a suspension; the person comes back unless another holds."""
    if not Decision.objects.suspending().filter(pk=decision.pk).update(lifted_at=now):
        return False
    person = decision.case.person
    if person is not None:
        let_back(person)
    return True


def is_suspended(person: User) -> bool:
    return Decision.objects.suspending().filter(case__person=person).exists()


def choices_for(user: User, case: Case, subject: Subject | None) -> list[Decision.Action]:
    """What `user` may do about it. A profile is hidden; there is nothing in it to remove beside."""
    choices = [Action.DISMISS]
    if subject is not None:
        choices += [Action.HIDE] if isinstance(subject.thing, User) else [Action.HIDE, Action.REMOVE]
    if case.person is not None:
        choices.append(Action.WARN)
        if may_suspend(user, case.person):
            choices.append(Action.SUSPEND)
    return choices


def may_suspend(user: User, person: User) -> bool:
    """Staff suspend members; who has power over the site is suspended by those who have all of it."""
    return user.is_staff and (user.is_superuser or not person.is_staff)


def check(user: User, case: Case, action: str, until: datetime | None) -> None:
    """Raises PermissionDenied or ValidationError for what may not be decided."""
    if action == Action.SUSPEND and (case.person is None or not may_suspend(user, case.person)):
        raise PermissionDenied
    if until is not None and until <= timezone.now():
        raise ValidationError({"until": _("This is over already.")})


def _suspend(person: User) -> None:
    """As whoever is deactivated: no session or token of theirs is good for anything, open streams end, and
    nothing reaches them."""
    if not person.is_active and not is_suspended(person):
        raise ValidationError({"action": _("This account is not active.")})
    person.is_active = False
    person.save(update_fields=["is_active"])
    for token in AuthToken.objects.filter(user=person):
        token.delete()


def _withhold(subject: Subject, how: Withheld) -> str:
    if isinstance(subject.thing, User):
        if how == Withheld.REMOVED:
            raise ValidationError({"action": _("A profile can be hidden, and not removed.")})
        _hide_profile(subject.thing, is_hidden=True)
    else:
        withhold(subject.thing, how)
    return how


def _show(subject: Subject) -> None:
    if isinstance(subject.thing, User):
        _hide_profile(subject.thing, is_hidden=False)
    else:
        show_again(subject.thing)


def _hide_profile(person: User, *, is_hidden: bool) -> None:
    person.profile_hidden = is_hidden
    person.save(update_fields=["profile_hidden"])


def _there(subject: Subject | None) -> Subject:
    if subject is None:
        raise ValidationError({"action": _("It is not there any more.")})
    return subject


def _concerned(decision: Decision) -> User:
    if decision.case.person is None:
        raise ValidationError({"action": _("There is nobody whom it concerns.")})
    return decision.case.person
