"""Email: a message is handed over, and the server's answer becomes a Result."""

from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from ..bouncing import suppressing
from ..composing import mail
from ..incoming.bounce_addresses import sent_from
from ..kinds import Kind
from ..models import Delivery, Switch
from ..outgoing.recheck import Checked
from ..sql import among
from .base import Answer, Channel, Result
from .provider import answer_of
from .smtp import SmtpLink


class EmailChannel(Channel):
    """One connection, reused from mail to mail."""

    name = "email"
    label = _("Email")
    switch = Switch.EMAIL
    sums_up = True
    reaches_most = True

    def __init__(self) -> None:
        self._link: SmtpLink | None = None

    @classmethod
    def threads(cls) -> int:
        return int(settings.NOTIFICATION_MAIL_THREADS)

    @classmethod
    def delay_seconds(cls) -> int:
        return int(settings.NOTIFICATION_EMAIL_DELAY_SECONDS)

    @classmethod
    def per_second(cls) -> float:
        return float(settings.NOTIFICATION_MAIL_PER_DOMAIN)

    @classmethod
    def budget(cls) -> dict[int, int]:
        limits = {3600: settings.NOTIFICATION_MAIL_PER_HOUR, 86400: settings.NOTIFICATION_MAIL_PER_DAY}
        return {seconds: limit for seconds, limit in limits.items() if limit}

    @classmethod
    def domains(cls, user_ids: Collection[int]) -> dict[int, str]:
        addresses = get_user_model().objects.filter(pk__in=among(user_ids)).values_list("pk", "email")
        return {pk: email.rpartition("@")[2].lower() for pk, email in addresses}

    @classmethod
    def reaches(cls) -> QuerySet[Any]:
        people = get_user_model().objects.filter(is_active=True).exclude(email="")
        return people.values(user_id=F("pk"))

    @classmethod
    def with_standing(cls, people: QuerySet[Any]) -> QuerySet[Any]:
        stops: QuerySet[Any] = people.annotate(mail_stops=suppressing.stopped_of_people())
        return stops

    @classmethod
    def refusal(cls, person: Any, kind: Kind) -> Delivery.Reason | None:
        return suppressing.refusal(person.mail_stops, kind)

    def compose(self, delivery: Delivery, checked: Checked) -> EmailMultiAlternatives:
        return sent_from(mail.compose(delivery, checked), delivery)

    def compose_summary(self, delivery: Delivery, told: Sequence[Checked]) -> EmailMultiAlternatives:
        return sent_from(mail.compose_summary(delivery, told), delivery)

    def hand_over(self, message: EmailMultiAlternatives) -> Answer:
        if self._link is not None:
            return self._link.hand_over(message)
        backend = get_connection()
        if isinstance(backend, SmtpBackend):
            self._link = SmtpLink(backend)
            return self._link.hand_over(message)
        try:
            backend.send_messages([message])
        except Exception as error:
            return answer_of(error, message)
        return Answer(Result.SENT)

    def close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()
