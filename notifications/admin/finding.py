"""From what an operator has in hand, a number or the Message-ID of a mail, to the story of an event."""

from django.urls import reverse

from ..composing.headers import mail_named
from ..models import Event

BIGGEST_ID = 2**63 - 1


def find_event_url(asked: str) -> str | None:
    """Of the page that tells of it: of the event, or of the summary that has none."""
    if asked.isdecimal():
        number = int(asked)
        known = number <= BIGGEST_ID and Event.objects.filter(pk=number).exists()
        return reverse("admin:notifications_event_explain", args=[number]) if known else None
    delivery = mail_named(asked).first()
    if delivery is None:
        return None
    if delivery.event_id is None:
        return reverse("admin:notifications_delivery_change", args=[delivery.pk])
    return reverse("admin:notifications_event_explain", args=[delivery.event_id])
