"""Who did what, to what, from where, and whether they were let: kept, and never rewritten.

For every app above this one, in the transaction of what is done:

    import audit

    HIDDEN = audit.register("post_hidden", _("hid a post"))          # once, where the app lives

    with acting():
        post.hide()
        audit.record(HIDDEN, actor=moderator, target=post, rule="spam", report=report.pk)

    audit.record(audit.SIGN_IN, actor=None, target=account, outcome=audit.REFUSED, reason="code")

`actor`    the person; None where nobody proved who they are, or the site itself did it
`target`   what it was done to: any saved model, or (type, id, label); None for nothing in particular
`outcome`  audit.DONE, or audit.REFUSED: what somebody tried. A refused attempt is kept even where the
           transaction around it is rolled back
`reason`   one word that can be counted, such as "credentials"; it is never forgotten, so nothing of a person
`request`  only where it is not the one being served; address, device and request come from it
**metadata words, numbers and lists of them (strings to 200 characters, 20 of each). What may hold a secret
           is refused with ValueError: keys such as password, token, otp, code. So is what is longer than that

Writes one row and reads none. What the community does all day (posts, comments, likes) has its Events and is
not recorded here. docs/audit.md tells how the log is kept from being changed, and how it forgets a person.
"""

from typing import TYPE_CHECKING, Any

from .actions import (
    DONE,
    PASSWORD_CHANGED,
    PASSWORD_RESET,
    REFUSED,
    SIGN_IN,
    SIGN_OUT,
    Action,
    Outcome,
    register,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .writing import Target

__all__ = [
    "DONE",
    "PASSWORD_CHANGED",
    "PASSWORD_RESET",
    "REFUSED",
    "SIGN_IN",
    "SIGN_OUT",
    "Action",
    "Outcome",
    "forget",
    "record",
    "register",
]


def record(
    action: Action,
    *,
    actor: Any,
    target: "Target" = None,
    outcome: Outcome = DONE,
    reason: str = "",
    request: "HttpRequest | None" = None,
    **metadata: Any,
) -> None:
    """See above. Raises ValueError for what may not be kept."""
    from .writing import write  # the models are not there yet where apps import this package

    write(
        action,
        actor=actor,
        target=target,
        outcome=outcome,
        reason=reason,
        request=request,
        metadata=metadata,
    )


def forget(user: Any) -> int:
    """Take a person out of the log, whose proof stays whole: see forgetting.py."""
    from .forgetting import forget as forget_now

    return forget_now(user)
