"""Taking a person out of the log. What happened, when, and that nothing of it was changed stays proven."""

from typing import Any

from django.db.models import Q

from notifications.transactions import acting

from . import actions
from .actions import DONE
from .models import Entry
from .writing import write_of_nobody

WHO: dict[str, Any] = {"actor_name": None, "address": None, "agent": None, "who_salt": None}
WHAT: dict[str, Any] = {"target_label": None, "metadata": None, "what_salt": None}


def forget(user: Any) -> int:
    """Of what they did: their name, address, device, and on what with all details. Of what was done to them:
    on whom and all details; who else did it stays. Their number stays: it names nobody any more.

    Call it last, when all that is recorded of them is. Answers how many rows that were.
    """
    of_person = Q(target_type="user", target_id=str(user.pk))
    theirs = Entry.objects.filter(actor_id=user.pk)
    # Refused attempts at their account, most often by themselves, are of nobody who proved to be another.
    attempts = Entry.objects.filter(of_person, actor_id=None)
    with acting():
        count = theirs.update(**WHO, **WHAT) + attempts.update(**WHO, **WHAT)
        count += (
            Entry.objects.filter(of_person).exclude(actor_id=None).exclude(actor_id=user.pk).update(**WHAT)
        )
        write_of_nobody(actions.FORGOTTEN, target=("user", user.pk, ""), outcome=DONE)
    return count
