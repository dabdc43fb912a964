"""Email: a message is handed over, and the server's answer becomes a Result."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection

from ..composing import mail
from ..models import Delivery
from ..outgoing.recheck import Checked
from .smtp import Result, hand_over_by_smtp


class EmailChannel:
    """One connection, reused from mail to mail."""

    def __init__(self) -> None:
        self._connection: Any = None

    def compose(self, delivery: Delivery, checked: Checked) -> EmailMultiAlternatives:
        return mail.compose(delivery, checked)

    def compose_summary(self, delivery: Delivery, told: Sequence[Checked]) -> EmailMultiAlternatives:
        return mail.compose_summary(delivery, told)

    def hand_over(self, message: EmailMultiAlternatives) -> tuple[Result, str]:
        """Hand the message to the next hop; what became of it, and the server's words. Never raises."""
        if self._connection is None:
            self._connection = get_connection()
        result, answer = hand_over_by_smtp(self._connection, message)
        if result in (Result.UNREACHABLE, Result.UNANSWERED):
            self.close()
        return result, answer

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.fail_silently = True  # the mails it took are taken, whatever it says to goodbye
            connection.close()
