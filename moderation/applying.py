"""What a decision does to what it is about, and how it is undone."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from community.actions.withholding import show_again, withhold
from community.models import Withheld

from .models import Decision
from .subjects import Subject

Action = Decision.Action


def apply(decision: Decision, subject: Subject | None) -> None:
    """In the caller's transaction. `subject`: None where it is gone."""
    match decision.action:
        case Action.DISMISS:
            if subject is not None and subject.withheld == Withheld.HELD:
                _show(subject)
        case Action.HIDE:
            _withhold(_there(subject), Withheld.HIDDEN)
        case Action.REMOVE:
            _withhold(_there(subject), Withheld.REMOVED)


def choices_for(subject: Subject | None) -> list[Decision.Action]:
    """What can be done to it. A profile is hidden; there is nothing in it to remove beside."""
    if subject is None:
        return [Action.DISMISS]
    if isinstance(subject.thing, User):
        return [Action.DISMISS, Action.HIDE]
    return list(Action)


def _withhold(subject: Subject, how: Withheld) -> None:
    if isinstance(subject.thing, User):
        if how == Withheld.REMOVED:
            raise ValidationError({"action": _("A profile can be hidden, and not removed.")})
        _hide_profile(subject.thing, is_hidden=True)
    else:
        withhold(subject.thing, how)


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
