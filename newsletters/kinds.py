"""How the newsletter's mails are told to the engine: the edition, a look at it before, and the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from notifications.mailings import Copy, Mailing, Reader
from notifications.models import Delivery, Event, Notification

from . import segments
from .mails import confirmation_mail, edition_mail
from .models import Edition, Subscriber

ASKED_AGAIN_AFTER_HOURS = 6  # nobody is asked more often, however often somebody enters their address


class _OfTheNewsletter(Mailing):
    sentence = ngettext_lazy("%(actors)s sent %(thing)s", "%(actors)s sent %(thing)s", "people")
    icon = "newspaper"


class _OfAnEdition(_OfTheNewsletter):
    def write(self, delivery: Delivery, event: Event, reader: Reader) -> EmailMultiAlternatives:
        edition = Edition.objects.select_related("group").get(pk=event.target_id)
        mail_id = f"{delivery.channel}.{event.pk}.{delivery.pk}"
        return edition_mail(edition, to=reader.email, subscriber_id=reader.row, mail_id=mail_id)


class Published(_OfAnEdition):
    type = "NEWSLETTER"
    label = _("An edition of the newsletter")
    reason = _("Because you subscribed to it")
    mail_expires_after = timedelta(days=14)  # it may be paused

    def target(self, obj: Edition) -> tuple[str, int]:
        return "edition", obj.pk

    def actor_id(self, obj: Edition) -> int:
        return obj.author_id

    def happens_at(self, obj: Edition) -> datetime | None:
        return obj.starts_at

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any]:
        return Edition.objects.filter(confirmed_at__range=(since, until), stopped_at=None)

    def copies(self, event: Event, *, after: int, limit: int) -> Sequence[Copy]:
        edition = Edition.objects.filter(pk=event.target_id, stopped_at=None).first()
        return segments.copies_of(edition, after=after, limit=limit) if edition else []

    def reader(self, event: Event, delivery: Delivery) -> Reader | Delivery.Reason:
        edition = Edition.objects.filter(pk=event.target_id, stopped_at=None).first()
        if edition is None:
            return Delivery.Reason.GONE
        found = segments.find(edition, delivery)
        if isinstance(found, Delivery.Reason):
            return found
        if found.user is None:
            return Reader(delivery.address, found.language, row=found.pk)
        hours = getattr(found.user, "quiet_hours", None)
        return Reader(found.user.email, found.user.language, found.user.time_zone, found.pk, hours)


@dataclass(frozen=True, slots=True)
class Trial:
    """A look at an edition in one's own mailbox."""

    edition: Edition
    user: User

    @property
    def pk(self) -> int:
        return self.edition.pk


class Tried(_OfAnEdition):
    """Once for each version of it: a double click sends one mail."""

    type = "NEWSLETTER_TEST"
    priority = Notification.Priority.NEEDS_YOU  # somebody waits for it
    label = _("A look at an edition before it is sent")
    reason = _("Because you asked for it")
    channel = "email"
    outlives_complaint = True

    def target(self, obj: Trial) -> tuple[str, int]:
        return "edition", obj.edition.pk

    def actor_id(self, obj: Trial) -> int:
        return obj.user.pk

    def key(self, obj: Trial, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.user.pk}:{obj.pk}:{obj.edition.edited_at.timestamp()}"

    def copies(self, event: Event, *, after: int, limit: int) -> Sequence[Copy]:
        people = User.objects.filter(pk=event.actor_id or 0, pk__gt=after)
        return [Copy(user.pk, user.email.lower(), user.pk) for user in people]

    def reader(self, event: Event, delivery: Delivery) -> Reader | Delivery.Reason:
        user = User.objects.filter(pk=event.actor_id or 0, is_active=True, is_staff=True).first()
        if user is None or not Edition.objects.managed_by(user).filter(pk=event.target_id).exists():
            return Delivery.Reason.HIDDEN
        return Reader(user.email, user.language, user.time_zone)


class Asked(_OfTheNewsletter):
    """Whether an address that somebody entered is theirs, and wants it."""

    type = "NEWSLETTER_ASK"
    priority = Notification.Priority.NEEDS_YOU
    label = _("The question whether somebody wants the newsletter")
    reason = _("Because somebody entered this address")
    channel = "email"

    def target(self, obj: Subscriber) -> tuple[str, int]:
        return "subscriber", obj.pk

    def actor_id(self, obj: Subscriber) -> None:
        return None

    def key(self, obj: Subscriber, recipient_id: int | None) -> str:
        asked_at = obj.asked_at or obj.created_at
        return f"{self.type}:{obj.pk}:{int(asked_at.timestamp()) // (ASKED_AGAIN_AFTER_HOURS * 3600)}"

    def copies(self, event: Event, *, after: int, limit: int) -> Sequence[Copy]:
        """None for whoever has it already: the page that asks says the same to all."""
        waiting = Subscriber.objects.waiting().filter(pk=event.target_id, pk__gt=after)
        return [Copy(one.pk, one.address) for one in waiting]

    def reader(self, event: Event, delivery: Delivery) -> Reader | Delivery.Reason:
        found = Subscriber.objects.waiting().filter(pk=event.target_id).first()
        return Reader(found.address, found.language, row=found.pk) if found else Delivery.Reason.GONE

    def write(self, delivery: Delivery, event: Event, reader: Reader) -> EmailMultiAlternatives:
        subscriber = Subscriber.objects.get(pk=event.target_id)
        return confirmation_mail(subscriber, mail_id=f"email.{event.pk}.{delivery.pk}")


PUBLISHED, TRIED, ASKED = Published(), Tried(), Asked()
MAILINGS = (PUBLISHED, TRIED, ASKED)
