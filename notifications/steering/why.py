"""Why something reached a person, in words to them; and who a link in a mail was made for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from .. import kinds
from ..models import (
    DecidedBy,
    Delivery,
    Event,
    Notification,
)
from ..rendering import BECAUSE_WATCHED, render
from .fewer import Cause, Change, change_for

OFFERS_MAX = 20  # of one summary
_signer = signing.Signer(salt="why")
RULES = {
    DecidedBy.DEFAULT: _("You have chosen nothing about it, so you get what is usual on this site."),
    DecidedBy.PRESET: _("The preset that you chose lets it through."),
    DecidedBy.CATEGORY: _("What you chose for all of its kind decided."),
    DecidedBy.KIND: _("You chose to be told of this kind."),
    DecidedBy.PLACE: _("You chose to be told of this group."),
    DecidedBy.THREAD: _("You chose to be told of this post."),
    DecidedBy.WATCHED_PLACE: _("You watch this group, and so you are told of everything in it."),
    DecidedBy.WATCHED_THREAD: _("You watch this post, and so you are told of everything under it."),
    DecidedBy.BLOCK: _("You blocked whoever did it."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One reason for a mail, and what would make fewer like it."""

    delivery: Delivery
    cause: Cause
    change: Change
    title: str = ""  # what it was, for its own reader alone

    @property
    def label(self) -> str:
        return self.title or str(self.cause.kind.label)

    @property
    def reason(self) -> str:
        return str(BECAUSE_WATCHED.get(self.cause.decided_by, self.cause.kind.reason))

    @property
    def rule(self) -> str:
        return str(RULES[self.cause.decided_by])


def why_url(delivery: Delivery) -> str:
    return f"{settings.SITE_URL}/notifications/why/{_signer.sign(str(delivery.pk))}/"


def read_link(token: str) -> Delivery | None:
    """None for a link that this site did not make, or one whose mail is forgotten by now."""
    try:
        pk = int(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Delivery.objects.filter(pk=pk).first()


def offers_of(delivery: Delivery, reader: Any) -> list[Offer]:
    """Of a summary: one for each change that there is to make, the latest first.

    Whoever has the link learns of what kind the mail was; only its recipient, signed in, what it was about.
    """
    told = Delivery.objects.members(delivery).order_by("-pk") if delivery.is_summary else [delivery]
    found: dict[object, Offer] = {}
    for offer in _offers(list(told[:500])):
        same = (offer.change, offer.cause.kind.type, *_thing(offer))
        found.setdefault(same, offer)
    offers = list(found.values())[:OFFERS_MAX]
    return _titled(offers, reader) if reader.pk == delivery.recipient_id else offers


def _titled(offers: Sequence[Offer], reader: Any) -> list[Offer]:
    ids = [offer.delivery.notification_id for offer in offers if offer.delivery.notification_id]
    rows = Notification.objects.of(reader).filter(pk__in=ids)
    titles = {shown.notification.pk: shown.title for shown in render(list(rows), reader)}
    return [replace(offer, title=titles.get(offer.delivery.notification_id or 0, "")) for offer in offers]


def _offers(deliveries: Sequence[Delivery]) -> list[Offer]:
    events = Event.objects.in_bulk([delivery.event_id for delivery in deliveries if delivery.event_id])
    offers = []
    for delivery in deliveries:
        event = events.get(delivery.event_id or 0)
        kind = kinds.get(event.kind) if event else None
        if event is not None and kind is not None and delivery.recipient_id is not None:
            cause = Cause.of(event, kind, delivery.recipient_id, delivery.decided_by)
            offers.append(Offer(delivery, cause, change_for(kind, cause.decided_by, by_mail=True)))
    return offers


def _thing(offer: Offer) -> tuple[object, ...]:
    """What the change is about, where that is not all of a kind."""
    cause = offer.cause
    if offer.change in (Change.UNWATCH_THREAD, Change.THREAD_NO_MAIL):
        return cause.target_type, cause.target_id
    return (cause.place_id,) if offer.change in (Change.UNWATCH_PLACE, Change.PLACE_NO_MAIL) else ()
