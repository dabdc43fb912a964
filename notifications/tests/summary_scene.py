"""A clock that is moved by hand, and a person in Berlin who gets one mail a day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.core import mail
from django.core.mail import EmailMultiAlternatives

from accounts.models import User
from notifications.models import Category
from notifications.outgoing import sending
from notifications.steering.preferring import set_preferences

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)  # a Wednesday; in Berlin it is two o'clock
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
At = Callable[[datetime], None]


def often(user: User, frequency: str) -> None:
    set_preferences(user, {Category.COMMUNITY: {"email_frequency": frequency}})


def send() -> None:
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass


def text_of(number: int = -1) -> str:
    """Of a mail that was sent; the last."""
    message = mail.outbox[number]
    assert isinstance(message, EmailMultiAlternatives)
    return str(message.body)


def berlin(day: int, hour: int) -> datetime:
    """In June."""
    return datetime(2026, 6, day, hour - 2, tzinfo=UTC)
