"""The one place that decides whether and how a fact reaches a person. Plain values in, no queries.

The narrowest choice holds: thread > place > kind > category > preset > the site's default. What is muted
or blocked is off altogether. Watching asks for more than would come by itself; it overrules no "no".
What is said for the site is a person's word no more: a block does not stop it, nor does the quiet preset
in the app.
"""

from dataclasses import dataclass
from typing import NamedTuple

from ..kinds import Kind
from ..models import (
    DecidedBy,
    Event,
    Frequency,
    Level,
    Notification,
    Preset,
    Switch,
)

Priority = Notification.Priority


class Choice(NamedTuple):
    """A stored row, as deciding needs it. `word`: the level of a rule, the frequency of a category."""

    word: str = ""
    in_app: bool | None = None
    email: bool | None = None
    push: bool | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """All that one person chose that has a bearing on one fact."""

    thread: Choice | None = None
    place: Choice | None = None
    kind: Choice | None = None
    category: Choice | None = None  # only an "off" is a choice: "on" stands in every row that is stored
    preset: str = ""
    blocked: bool = False


NOTHING_CHOSEN = Choices()


@dataclass(frozen=True, slots=True)
class Decision:
    """`mail` and `push` are QUEUED, or the reason why not; None where the kind does not reach people so.

    `in_app_by`, `mail_by` and `push_by` name the rules that said so, also where they said no.
    """

    outcome: Event.Outcome
    in_app_by: DecidedBy
    mail: Event.Mail | None
    mail_by: DecidedBy
    push: Event.Mail | None = None
    push_by: DecidedBy = DecidedBy.DEFAULT

    @property
    def in_app(self) -> bool:
        return self.outcome == Event.Outcome.NOTIFIED

    def about(self, switch: Switch) -> tuple[Event.Mail | None, DecidedBy]:
        return (self.mail, self.mail_by) if switch == Switch.EMAIL else (self.push, self.push_by)


class _Said(NamedTuple):
    on: bool
    by: DecidedBy


class _Followed(NamedTuple):
    level: str
    by: DecidedBy  # THREAD or PLACE, DEFAULT where neither has a level


def decide(kind: Kind, choices: Choices = NOTHING_CHOSEN, *, watched: bool = False) -> Decision:
    """`watched`: the fact concerns the person for no other reason than that they watch where it happened."""
    if not kind.steered:
        choices = Choices(category=choices.category)
    if choices.blocked and not kind.for_the_site:
        return _stopped(kind, Event.Outcome.BLOCKED, Event.Mail.BLOCKED, DecidedBy.BLOCK)
    followed = _followed(choices)
    if followed.level == Level.MUTED:
        return _stopped(kind, Event.Outcome.MUTED, Event.Mail.MUTED, followed.by)
    if watched and followed.level != Level.WATCHING:
        return _stopped(kind, Event.Outcome.UNWATCHED, Event.Mail.UNWATCHED, followed.by)
    watching = followed.by if followed.level == Level.WATCHING and (watched or kind.for_watchers) else None
    in_app = _in_app(kind, choices, watching)
    return Decision(
        Event.Outcome.NOTIFIED if in_app.on else Event.Outcome.OPTED_OUT,
        in_app.by,
        *_mail(kind, choices, watching, watched=watched),
        *_outside(kind, choices, watching, Switch.PUSH, watched=watched),
    )


def _stopped(kind: Kind, outcome: Event.Outcome, why: Event.Mail, by: DecidedBy) -> Decision:
    mail, push = (why if switch in kind.channels else None for switch in (Switch.EMAIL, Switch.PUSH))
    return Decision(outcome, by, mail, by, push, by)


def _followed(choices: Choices) -> _Followed:
    for by, choice in ((DecidedBy.THREAD, choices.thread), (DecidedBy.PLACE, choices.place)):
        if choice is not None and choice.word:
            return _Followed(choice.word, by)
    return _Followed("", DecidedBy.DEFAULT)


def _in_app(kind: Kind, choices: Choices, watching: DecidedBy | None) -> _Said:
    said = _explicit(choices, "in_app")
    if watching and (said is None or said.on):
        return _Said(True, _WATCHED[watching])
    if said is None and choices.preset == Preset.QUIET and not kind.for_the_site:
        return _Said(kind.priority >= Priority.ABOUT_YOU, DecidedBy.PRESET)
    return said or _Said(True, DecidedBy.DEFAULT)


def _mail(
    kind: Kind, choices: Choices, watching: DecidedBy | None, *, watched: bool
) -> tuple[Event.Mail | None, DecidedBy]:
    mail, by = _outside(kind, choices, watching, Switch.EMAIL, watched=watched)
    if (
        mail == Event.Mail.QUEUED
        and choices.category is not None
        and choices.category.word != Frequency.INSTANT
        and not kind.is_urgent
    ):
        return Event.Mail.SUMMARY, DecidedBy.CATEGORY
    return mail, by


def _outside(
    kind: Kind, choices: Choices, watching: DecidedBy | None, switch: Switch, *, watched: bool
) -> tuple[Event.Mail | None, DecidedBy]:
    """What leaves the site at once."""
    if switch not in kind.channels:
        return None, DecidedBy.DEFAULT
    said = _explicit(choices, switch)
    if watched and watching == DecidedBy.PLACE and (said is None or said.by not in _WATCHED):
        # Every word of a whole group is for the inbox alone, whatever holds for comments elsewhere.
        said = said if said and not said.on else _Said(False, DecidedBy.WATCHED_PLACE)
    said = said or _without_a_word(kind, choices, watching, switch)
    if not said.on:
        chosen = said.by not in (DecidedBy.DEFAULT, DecidedBy.WATCHED_PLACE)
        return Event.Mail.OPTED_OUT if chosen else Event.Mail.NOT_ASKED, said.by
    return Event.Mail.QUEUED, _WATCHED[watching] if watching and watched else said.by


def _without_a_word(kind: Kind, choices: Choices, watching: DecidedBy | None, switch: Switch) -> _Said:
    """What nobody said yes or no to."""
    if watching and kind.for_watchers:
        return _Said(True, _WATCHED[watching])
    if choices.preset == Preset.QUIET:
        return _Said(kind.priority >= Priority.NEEDS_YOU, DecidedBy.PRESET)
    if choices.preset == Preset.EVERYTHING:
        return _Said(True, DecidedBy.PRESET)
    by_default = kind.mailed_by_default if switch == Switch.EMAIL else kind.pushed_by_default
    return _Said(by_default, DecidedBy.DEFAULT)


def _explicit(choices: Choices, channel: str) -> _Said | None:
    """The narrowest yes or no. A category can only say no."""
    for by, choice in (
        (DecidedBy.THREAD, choices.thread),
        (DecidedBy.PLACE, choices.place),
        (DecidedBy.KIND, choices.kind),
    ):
        if choice is not None and (on := getattr(choice, channel)) is not None:
            return _Said(on, by)
    if choices.category is not None and getattr(choices.category, channel) is False:
        return _Said(False, DecidedBy.CATEGORY)
    return None


_WATCHED = {
    DecidedBy.PLACE: DecidedBy.WATCHED_PLACE,
    DecidedBy.THREAD: DecidedBy.WATCHED_THREAD,
}
