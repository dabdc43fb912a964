"""“Fewer of these”: the one change of exactly the rule that let something through, and its undoing.

What to change is a pure function of that rule. The undoing travels in a signed text, not in a session.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .. import kinds
from ..kinds import Kind
from ..models import (
    Category,
    DecidedBy,
    Event,
    Level,
    Notification,
    NotificationPreference,
    Rule,
    Switch,
)
from ..transactions import acting
from . import levels as steering
from .preferring import set_preferences

_SALT = "fewer"
UNDO_SECONDS = 3600  # later it might take back what was chosen since
_SWITCHES = ("in_app_enabled", "email_enabled", "push_enabled")


class Change(TextChoices):
    """With the words of the offer."""

    UNWATCH_THREAD = "unwatch_thread", _("Stop watching this post")
    UNWATCH_PLACE = "unwatch_place", _("Stop watching this group")
    MUTE_THREAD = "mute_thread", _("Mute this post")
    MUTE_PLACE = "mute_place", _("Mute this group")
    THREAD_NO_MAIL = "thread_no_mail", _("No more mails about this post")
    PLACE_NO_MAIL = "place_no_mail", _("No more mails about this group")
    KIND_OFF = "kind_off", _("Tell me nothing more of this kind")
    KIND_NO_MAIL = "kind_no_mail", _("No more mails of this kind")
    CATEGORY_OFF = "category_off", _("Tell me nothing more about this")
    CATEGORY_NO_MAIL = "category_no_mail", _("No more mails about this")

    @property
    def said(self) -> str:
        """What is so once it is done."""
        return str(_SAID[self])


_INBOX_STAYS = _("No more mails of it. What happens is still in your inbox.")
_SAID = {
    Change.UNWATCH_THREAD: _("You do not watch this post any more. What is meant for you still reaches you."),
    Change.UNWATCH_PLACE: _("You do not watch this group any more. What is meant for you still reaches you."),
    Change.MUTE_THREAD: _("This post is muted: nothing of it reaches you any more."),
    Change.MUTE_PLACE: _("This group is muted: nothing of it reaches you any more."),
    Change.THREAD_NO_MAIL: _INBOX_STAYS,
    Change.PLACE_NO_MAIL: _INBOX_STAYS,
    Change.KIND_OFF: _("You are not told of this kind any more, neither here nor by mail."),
    Change.KIND_NO_MAIL: _INBOX_STAYS,
    Change.CATEGORY_OFF: _("You are not told about this any more, neither here nor by mail."),
    Change.CATEGORY_NO_MAIL: _INBOX_STAYS,
}


class Cause(NamedTuple):
    """What reached somebody, as far as a change of rules needs it."""

    user_id: int
    kind: Kind
    decided_by: DecidedBy
    target_type: str
    target_id: int
    place_id: int | None

    @classmethod
    def of(cls, source: Notification | Event, kind: Kind, user_id: int, decided_by: str) -> "Cause":
        return cls(
            user_id, kind, DecidedBy(decided_by), source.target_type, source.target_id, source.place_id
        )


def change_for(kind: Kind, decided_by: DecidedBy, *, by_mail: bool) -> Change:
    """`by_mail`: it is the mail that there should be fewer of; else both the inbox and the mail."""
    match decided_by:
        case DecidedBy.WATCHED_THREAD:
            return Change.UNWATCH_THREAD
        case DecidedBy.WATCHED_PLACE:
            return Change.UNWATCH_PLACE
        case DecidedBy.THREAD:
            return Change.THREAD_NO_MAIL if by_mail else Change.MUTE_THREAD
        case DecidedBy.PLACE:
            return Change.PLACE_NO_MAIL if by_mail else Change.MUTE_PLACE
    if not kind.steered:
        return Change.CATEGORY_NO_MAIL if by_mail else Change.CATEGORY_OFF
    if by_mail or decided_by == DecidedBy.KIND:
        return Change.KIND_NO_MAIL if by_mail else Change.KIND_OFF
    # Nothing was chosen yet: for most kinds that is said of the kind, for talk of the place of it.
    return _UNCHOSEN[kind.fewer]


_UNCHOSEN = {
    Rule.Scope.THREAD: Change.MUTE_THREAD,
    Rule.Scope.PLACE: Change.MUTE_PLACE,
    Rule.Scope.KIND: Change.KIND_OFF,
}


def make(change: Change, cause: Cause) -> str:
    """Change the rule; answers the text by which `undo` brings it back."""
    user = get_user_model()(pk=cause.user_id)
    with acting():
        before = _stored(change, cause)
        match change:
            case Change.UNWATCH_THREAD | Change.MUTE_THREAD:
                level = Level.MUTED if change == Change.MUTE_THREAD else Level.NORMAL
                steering.set_thread_level(
                    user, cause.target_type, cause.target_id, level, place_id=cause.place_id
                )
            case Change.UNWATCH_PLACE | Change.MUTE_PLACE if cause.place_id is not None:
                level = Level.MUTED if change == Change.MUTE_PLACE else Level.NORMAL
                steering.set_place_level(user, cause.place_id, level)
            case Change.THREAD_NO_MAIL | Change.PLACE_NO_MAIL | Change.KIND_NO_MAIL:
                steering.set_channels(user, _about(change, cause), {"email": False})
            case Change.KIND_OFF:
                steering.set_channels(user, _about(change, cause), _off(cause.kind))
            case Change.CATEGORY_OFF:
                everything = dict.fromkeys(_SWITCHES, False)
                set_preferences(user, {cause.kind.category: everything})
            case Change.CATEGORY_NO_MAIL:
                set_preferences(user, {cause.kind.category: {"email_enabled": False}})
    undoing = [cause.user_id, change.value, cause.kind.type, cause.target_type, cause.target_id]
    return signing.dumps([*undoing, cause.place_id, before], salt=_SALT, compress=True)


class Undoing(NamedTuple):
    change: Change
    cause: Cause
    before: dict[str, Any] | None  # the row as it was; None where there was none


def read_undoing(text: str) -> Undoing | None:
    """None for what this site did not sign, or too long ago."""
    try:
        user_id, change, kind_name, target_type, target_id, place_id, before = signing.loads(
            text, salt=_SALT, max_age=UNDO_SECONDS
        )
    except signing.BadSignature:
        return None
    kind = kinds.get(kind_name)
    if kind is None:
        return None
    cause = Cause(user_id, kind, DecidedBy.DEFAULT, target_type, target_id, place_id)
    return Undoing(Change(change), cause, before)


def undo(undoing: Undoing) -> None:
    """Idempotent."""
    model, about = _row(undoing.change, undoing.cause)
    with acting():
        if undoing.before is None:
            model._default_manager.filter(**about).delete()
        else:
            model._default_manager.update_or_create(**about, defaults=undoing.before)


def _stored(change: Change, cause: Cause) -> dict[str, Any] | None:
    model, about = _row(change, cause)
    fields = ("level", *steering.CHANNELS) if model is Rule else _SWITCHES
    stored: dict[str, Any] | None = model._default_manager.filter(**about).values(*fields).first()
    return stored


def _row(change: Change, cause: Cause) -> tuple[Any, dict[str, Any]]:
    """Where the rule stands that is changed."""
    if change in (Change.CATEGORY_OFF, Change.CATEGORY_NO_MAIL):
        category = Category(cause.kind.category)
        return NotificationPreference, {"user_id": cause.user_id, "notification_type": category}
    return Rule, {"user_id": cause.user_id, **_about(change, cause)}


def _about(change: Change, cause: Cause) -> dict[str, Any]:
    if change in (Change.KIND_OFF, Change.KIND_NO_MAIL):
        return {"scope": Rule.Scope.KIND, "type": cause.kind.type}
    if change in (Change.UNWATCH_PLACE, Change.MUTE_PLACE, Change.PLACE_NO_MAIL):
        return {"scope": Rule.Scope.PLACE, "place_id": cause.place_id}
    return {"scope": Rule.Scope.THREAD, "target_type": cause.target_type, "target_id": cause.target_id}


def _off(kind: Kind) -> Mapping[str, bool]:
    return {"in_app": False, **{switch.value: False for switch in Switch if switch in kind.channels}}
