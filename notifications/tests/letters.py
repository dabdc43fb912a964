"""A mailing made up for the tests: one sentence to a list of addresses."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications.composing.headers import message_id
from notifications.composing.mail import assembled
from notifications.mailings import Copy, Mailing, Reader
from notifications.models import Delivery, Event
from notifications.service import NotificationService
from notifications.transactions import acting

LETTER: Any = SimpleNamespace(pk=1)


class Letters(Mailing):
    type = "LETTER"
    label = _("Somebody wrote to many")
    sentence = ngettext_lazy("%(actors)s wrote %(thing)s", "%(actors)s wrote %(thing)s", "people")
    reason = _("Because you are on a list")

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.all = list(copies)
        self.gone: set[str] = set()  # who does not want it any more

    def target(self, obj: Any) -> tuple[str, int]:
        return "letter", obj.pk

    def actor_id(self, obj: Any) -> None:
        return None

    def copies(self, event: Event, *, after: int, limit: int) -> Sequence[Copy]:
        return [copy for copy in self.all if copy.place > after][:limit]

    def reader(self, event: Event, delivery: Delivery) -> Reader | Delivery.Reason:
        return Delivery.Reason.OPTED_OUT if delivery.address in self.gone else Reader(delivery.address, "en")

    def write(self, delivery: Delivery, event: Event, reader: Reader) -> EmailMultiAlternatives:
        headers = {"Message-ID": message_id(f"letter.{event.pk}.{delivery.pk}")}
        return assembled(
            "To all", "Hello", "<p>Hello</p>", sender="us@example.com", to=reader.email, headers=headers
        )


def post(kind: Letters) -> Event:
    """Tell it, as an action would; nothing has left yet."""
    with acting():
        NotificationService.emit(kind, LETTER)
    return Event.objects.get(kind=kind.type)
