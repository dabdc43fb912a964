"""Every mail of the site, to be looked at without sending it: of a row of the looker's own, or an example."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .. import kinds
from ..kinds import Kind
from ..models import Delivery, Notification, Switch
from ..models.delivery import Cadence
from ..outgoing.summing_up import Summary
from ..rendering import Shown, render
from .mail import write, write_summary

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LOOKED_AT = 5  # rows that may be gone or hidden, before the example is shown
_of_apps: "dict[str, Preview]" = {}


@dataclass(frozen=True, slots=True)
class Preview:
    """`make` writes to whoever it is given; `kind` is None for what is mailed past the engine."""

    name: str
    label: "str | _StrPromise"
    make: Callable[[Any], EmailMultiAlternatives]
    kind: Kind | None = None


def register(name: str, label: "_StrPromise", make: Callable[[Any], EmailMultiAlternatives]) -> None:
    """For mails that apps send by themselves."""
    _of_apps[name] = Preview(name, label, make)


def all_previews() -> list[Preview]:
    mailed = [kind for kind in kinds.all_kinds() if Switch.EMAIL in kind.channels]
    return [
        *(_of_kind(kind) for kind in mailed),
        *(_of_cadence(each) for each in Cadence),
        *_of_apps.values(),
    ]


def find(name: str) -> Preview | None:
    return next((preview for preview in all_previews() if preview.name == name), None)


def preview(of: Preview, looker: Any, *, language: str, from_row: bool, kept: bool) -> EmailMultiAlternatives:
    """`from_row`: the newest of their own, where there is one. `kept`: as of a private group."""
    reader = copy(looker)
    reader.language = language
    with translation.override(language), timezone.override(reader.time_zone):
        shown = newest(of.kind, reader) if of.kind and from_row else None
        if of.kind is None or (shown is None and not kept):
            return of.make(reader)
        shown = shown or example(of.kind, reader)
        if kept and shown.content:
            shown = replace(shown, content=replace(shown.content, keeps_words=True))
        return _letter(shown, reader)


def newest(kind: Kind, reader: Any) -> Shown | None:
    rows = Notification.objects.of(reader).filter(kind=kind.type).newest_first()[:LOOKED_AT]
    return next((shown for shown in render(list(rows), reader) if shown.content is not None), None)


def example(kind: Kind, reader: Any) -> Shown:
    """Of no row, and about nothing that exists."""
    row = Notification(
        pk=0, event_id=1, kind=kind.type, recipient_id=reader.pk, target_type="example", target_id=0,
        object_id=0, actors_count=1, priority=kind.priority,
    )  # fmt: skip
    actor = get_user_model()(pk=0, username="ben", name="Ben Okafor")
    return Shown(row, kind, [actor], kind.example(reader))


def _of_kind(kind: Kind) -> Preview:
    return Preview(kind.type.lower(), kind.label, lambda reader: _letter(example(kind, reader), reader), kind)


def _of_cadence(cadence: Cadence) -> Preview:
    label = format_lazy(_("Summary: {when}"), when=cadence.label)
    return Preview(f"summary-{cadence.value}", label, lambda reader: _summary(cadence, reader))


def _summary(cadence: Cadence, reader: Any) -> EmailMultiAlternatives:
    """Of an example of each kind that people steer, and one more than there is room for."""
    told = [kind for kind in kinds.all_kinds() if kind.steered and Switch.EMAIL in kind.channels]
    shown = [example(kind, reader) for kind in sorted(told, key=lambda kind: -kind.priority)]
    things = [[one for one in shown if one.url == url] for url in dict.fromkeys(one.url for one in shown)]
    delivery = Delivery(
        pk=1, recipient_id=reader.pk, channel="email", cadence=cadence,
        window_start=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    words = {"cadence": cadence, "since": delivery.window_start}
    return write_summary(delivery, Summary(things, count=len(shown) + 1, more=1), reader, words)


def _letter(shown: Shown, reader: Any) -> EmailMultiAlternatives:
    row = shown.notification
    return write(
        Delivery(pk=0, event_id=row.event_id, recipient_id=reader.pk, channel="email"), shown, reader
    )
