"""What is told of it: that the copy of one's data can be fetched, and that an account will be erased."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from notifications.kinds import Content, Fact, Kind, Words
from notifications.mailings import Copy, Mailing, Reader
from notifications.models import Category, Delivery, Event, Notification
from notifications.sql import among

from .mails import leaving_mail
from .models import Departure, Export


class Exported(Kind):
    type = "DATA_READY"
    label = gettext_lazy("The copy of your data that you asked for is ready")
    sentence = gettext_lazy("The copy of your data is ready")
    reason = gettext_lazy("Because you asked for it")
    button = gettext_lazy("Fetch it")
    icon = "archive-box-arrow-down"
    category = Category.ACCOUNT
    notifies_actor = True
    own_words = True
    steered = False
    read_on_visit = False

    def target(self, obj: Export) -> tuple[str, int]:
        return "export", obj.pk

    def actor_id(self, obj: Export) -> int:
        return obj.user_id

    def recipients(self, obj: Export) -> Iterable[int]:
        return [obj.user_id]

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        ready = Export.objects.fetchable().filter(pk__in=among({fact.target_id for fact in facts}))
        there = set(ready.values_list("pk", flat=True))
        return {fact.id: Event.Outcome.GONE for fact in facts if fact.target_id not in there}

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        ready = Export.objects.fetchable().filter(user=user).in_bulk([row.target_id for row in notifications])
        return {row.pk: _content() for row in notifications if row.target_id in ready}

    def example(self, reader: Any) -> Content:
        return _content()


def _content() -> Content:
    said = _("It can be fetched for a day, by you alone; then it is removed, and you may ask for another.")
    words = Words(said, format_html("<p>{}</p>", said))
    return Content(thing=_("Your data"), url=reverse("your-data"), said=said, words=words)


class Leaving(Mailing):
    """To whoever cannot sign in any more: until when it can be taken back, and the way to do so."""

    type = "LEAVING"
    label = gettext_lazy("Your account will be erased")
    sentence = gettext_lazy("Your account will be erased")
    reason = gettext_lazy("Because it concerns you")
    icon = "trash"
    channel = "email"
    priority = Notification.Priority.NEEDS_YOU
    outlives_complaint = True

    def target(self, obj: Departure) -> tuple[str, int]:
        return "departure", obj.pk

    def actor_id(self, obj: Departure) -> int | None:
        return None

    def key(self, obj: Departure, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.pk}:{int(obj.asked_at.timestamp())}"

    def copies(self, event: Event, *, after: int, limit: int) -> Sequence[Copy]:
        people = User.objects.filter(departure=event.target_id, pk__gt=after)
        return [Copy(user.pk, user.email.lower(), user.pk) for user in people]

    def reader(self, event: Event, delivery: Delivery) -> Reader | Delivery.Reason:
        found = User.objects.filter(departure=event.target_id).first()
        if found is None:
            return Delivery.Reason.GONE
        return Reader(found.email, found.language, found.time_zone)

    def write(self, delivery: Delivery, event: Event, reader: Reader) -> EmailMultiAlternatives:
        departure = Departure.objects.get(pk=event.target_id)
        mail_id = f"{delivery.channel}.{event.pk}.{delivery.pk}"
        return leaving_mail(departure, to=reader.email, mail_id=mail_id)


EXPORTED, LEAVING = Exported(), Leaving()
