"""Every mail of the site, to be looked at without sending it: of a row of the looker's own, or an example."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation

from .. import kinds
from ..kinds import Kind
from ..models import Delivery, Notification, Switch
from ..rendering import Shown, render
from .mail import write

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
    return [*(_of_kind(kind) for kind in mailed), *_of_apps.values()]


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


def _letter(shown: Shown, reader: Any) -> EmailMultiAlternatives:
    row = shown.notification
    return write(
        Delivery(pk=0, event_id=row.event_id, recipient_id=reader.pk, channel="email"), shown, reader
    )
