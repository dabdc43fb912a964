"""The mail to whoever is suspended."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.composing.headers import automatic, message_id
from notifications.composing.mail import assembled, filled

from .links import suspended_path
from .models import Case, Decision


def suspension_mail(decision: Decision, *, to: str, mail_id: str) -> EmailMultiAlternatives:
    context: dict[str, Any] = {"decision": decision, "url": settings.SITE_URL + suspended_path(decision)}
    subject, text, html = (
        filled([f"emails/suspended/{part}"], context) for part in ("subject.txt", "body.txt", "body.html")
    )
    headers = automatic() | {"Message-ID": message_id(mail_id)}
    return assembled(subject, text, html, sender=settings.DEFAULT_FROM_EMAIL, to=to, headers=headers)


def suspension_example(reader: Any) -> EmailMultiAlternatives:
    decision = Decision(
        pk=0,
        case=Case(title=_("Seedlings to give away")),
        action=Decision.Action.SUSPEND,
        words=_("It is an advertisement."),
        until=timezone.now() + timedelta(days=7),
    )
    return suspension_mail(decision, to=reader.email, mail_id="email.0")
