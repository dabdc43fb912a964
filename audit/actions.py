"""What can be recorded: each action by its name, with the words for those who read of it.

These are of signing in, passwords, addresses and the administration. Other apps register theirs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NAME_LENGTH = 40


class Outcome(TextChoices):
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


DONE, REFUSED = Outcome.DONE, Outcome.REFUSED


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    label: "_StrPromise"
    """What somebody did, as in “Ana · signed in”."""
    own: "_StrPromise | None" = None
    """The sentence for the person themselves, in their own history; None: it is not shown there."""
    refused: "_StrPromise | None" = None
    """The same of an attempt that was refused."""


_actions: dict[str, Action] = {}


def register(
    name: str,
    label: "_StrPromise",
    *,
    own: "_StrPromise | None" = None,
    refused: "_StrPromise | None" = None,
) -> Action:
    """An action that this app records. Its name stays for ever: it stands in rows that nobody changes."""
    if not name.isidentifier() or len(name) > NAME_LENGTH or name in _actions:
        raise ValueError(f"no name for an action, or another's: {name}")
    _actions[name] = Action(name, label, own, refused)
    return _actions[name]


def get(name: str) -> Action | None:
    """None for one that this version does not have."""
    return _actions.get(name)


def all_actions() -> list[Action]:
    return sorted(_actions.values(), key=lambda action: action.name)


SIGN_UP = register("sign_up", _("made an account"), own=_("You made your account."))
SIGN_IN = register(
    "sign_in",
    _("signed in"),
    own=_("You signed in."),
    refused=_("Somebody tried to sign in as you, and was refused."),
)
SIGN_OUT = register("sign_out", _("signed out"), own=_("You signed out."))
CLIENT_CHANGED = register(
    "client_changed",
    _("went on in another browser or place"),
    own=_("One of your sessions went on with another address or browser."),
)
PASSWORD_CHANGED = register(
    "password_changed", _("changed the password"), own=_("You changed your password.")
)
PASSWORD_RESET = register(
    "password_reset",
    _("chose a new password by mail"),
    own=_("You chose a new password by a link or code that was mailed to you."),
    refused=_("A wrong code for a new password was entered."),
)
EMAIL_ADDED = register("email_added", _("named an address"), own=_("You named a new email address."))
EMAIL_CONFIRMED = register(
    "email_confirmed",
    _("confirmed an address"),
    own=_("You confirmed your email address."),
    refused=_("A wrong code for your email address was entered."),
)
EMAIL_CHANGED = register("email_changed", _("changed the address"), own=_("You changed your email address."))
EMAIL_REMOVED = register("email_removed", _("removed an address"), own=_("You removed an email address."))
SECOND_FACTOR_ADDED = register(
    "second_factor_added",
    _("set up a second factor"),
    own=_("You set up another way to prove that it is you."),
)
SECOND_FACTOR_REMOVED = register(
    "second_factor_removed",
    _("removed a second factor"),
    own=_("You removed a way to prove that it is you."),
)
SECOND_FACTOR_RESET = register(
    "second_factor_reset", _("made new recovery codes"), own=_("You made new recovery codes.")
)
ADMIN_ADDED = register("admin_added", _("added in the administration"))
ADMIN_CHANGED = register(
    "admin_changed", _("changed in the administration"), own=_("Staff changed your account.")
)
ADMIN_DELETED = register("admin_deleted", _("deleted in the administration"))
ADMIN_OPERATED = register("admin_operated", _("intervened by hand"))
FORGOTTEN = register("forgotten", _("was forgotten"))
EXPORTED = register("audit_exported", _("took rows of the log as a file"))
ARCHIVED = register("audit_archived", _("moved old rows of the log to a file"))
