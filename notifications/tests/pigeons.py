"""A channel like none that the site has: what it takes to add one, and a window into what it carried."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Answer, Channel, Result
from notifications.models import Delivery, Switch
from notifications.outgoing.recheck import Checked

LOFT = "notifications.tests.pigeons.PigeonChannel"  # its line in the list of channels


class PigeonChannel(Channel):
    """Reaches whoever's name is in `lofts`."""

    name = "pigeon"
    label = _("Pigeon")
    switch = Switch.PUSH
    handovers = 1
    lofts: ClassVar[set[str]] = set()
    carried: ClassVar[list[str]] = []
    answer: ClassVar[Answer] = Answer(Result.SENT, "coo")

    @classmethod
    def reaches(cls) -> QuerySet[Any]:
        return get_user_model().objects.filter(username__in=cls.lofts).values(user_id=F("pk"))

    def compose(self, delivery: Delivery, checked: Checked) -> str:
        return f"{checked.kind.type} for {checked.recipient.username}"

    def hand_over(self, message: str) -> Answer:
        self.carried.append(message)
        return self.answer


class SummingPigeonChannel(PigeonChannel):
    sums_up = True

    def compose_summary(self, delivery: Delivery, told: Sequence[Checked]) -> str:
        return f"{len(told)} for {told[0].recipient.username}"
