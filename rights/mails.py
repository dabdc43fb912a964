"""The mail to whoever leaves."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from notifications.composing.headers import automatic, message_id
from notifications.composing.mail import assembled, filled

from .links import back_path
from .models import Departure


def leaving_mail(departure: Departure, *, to: str, mail_id: str) -> EmailMultiAlternatives:
    context: dict[str, Any] = {"departure": departure, "url": settings.SITE_URL + back_path(departure)}
    subject, text, html = (
        filled([f"emails/leaving/{part}"], context) for part in ("subject.txt", "body.txt", "body.html")
    )
    headers = automatic() | {"Message-ID": message_id(mail_id)}
    return assembled(subject, text, html, sender=settings.DEFAULT_FROM_EMAIL, to=to, headers=headers)


def leaving_example(reader: Any) -> EmailMultiAlternatives:
    departure = Departure(pk=0, erase_at=timezone.now() + timedelta(days=14))
    return leaving_mail(departure, to=reader.email, mail_id="email.0")
