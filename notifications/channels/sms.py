"""Text messages about what needs somebody, for those who asked for them and whose number is proven."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from ..composing.mail import filled
from ..kinds import Kind
from ..models import Delivery, Notification, Switch
from ..outgoing.recheck import Checked
from ..outgoing.summing_up import row_for_mail, sum_up
from ..rendering import Shown, render
from . import texting
from .base import Answer, Channel
from .texting import Text

A_DAY = timedelta(hours=24)


class SmsChannel(Channel):
    """Steered by the switch of the devices; beyond a number a day, what needs somebody waits in the inbox."""

    name = "sms"
    label = _("Text message")
    switch = Switch.PUSH
    handovers = 1
    sums_up = True

    @classmethod
    def is_on(cls) -> bool:
        return bool(settings.SMS_BACKEND)

    @classmethod
    def carries(cls, kind: Kind) -> bool:
        return super().carries(kind) and kind.priority == Notification.Priority.NEEDS_YOU

    @classmethod
    def reaches(cls) -> QuerySet[Any]:
        people = get_user_model().objects.filter(is_active=True, urgent_by_sms=True)
        people = people.filter(phone__isnull=False, phone_verified_at__isnull=False)
        lately = Delivery.objects.by(cls.name).filter(
            recipient=OuterRef("pk"),
            state__in=(Delivery.State.SENT, Delivery.State.UNCERTAIN),
            created_at__gt=timezone.now() - A_DAY,
        )
        sent = Subquery(lately.order_by().values("recipient").annotate(n=Count("pk")).values("n"))
        people = people.annotate(sent=Coalesce(sent, 0)).filter(sent__lt=settings.SMS_PER_PERSON_A_DAY)
        return people.values(user_id=F("pk"))

    def compose(self, delivery: Delivery, checked: Checked) -> Text:
        user = checked.recipient
        with translation.override(user.language), timezone.override(user.time_zone):
            [shown] = render([row_for_mail(checked)], user)
            return _text(delivery, shown.outside(), user, others=0)

    def compose_summary(self, delivery: Delivery, told: Sequence[Checked]) -> Text:
        user = told[0].recipient
        with translation.override(user.language), timezone.override(user.time_zone):
            summary = sum_up(told, user)
            return _text(delivery, summary.first, user, others=summary.others)

    def hand_over(self, message: Text) -> Answer:
        return texting.send(message)

    def close(self) -> None:
        """Each request has a connection of its own."""


def _text(delivery: Delivery, shown: Shown, user: Any, *, others: int) -> Text:
    if shown.content is None:
        raise LookupError("What this is about went away while it was written.")
    words = filled(["texts/notification.txt"], {"shown": shown, "others": others})
    return Text(user.phone, words.strip(), timezone.now() + A_DAY, f"delivery-{delivery.pk}")
