"""A mail to whoever answered a mail in vain: that it was not taken, and why."""

import logging
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from ..composing import previews
from ..composing.headers import automatic, one_line
from ..composing.mail import assembled, filled
from ..models import IncomingMail

logger = logging.getLogger(__name__)
_FOLDER = "emails/answer_refused"
_TO_ITS_WRITER = {IncomingMail.Outcome.DENIED: _("you may not write there any more")}


def tell(user: Any, reason: IncomingMail.Outcome, detail: str, *, message_id: str) -> None:
    """To the address that the account has: never to whatever a message says of its sender.

    Tried once. A second copy of this would be worse than none.
    """
    message = write(user, reason, detail, message_id=message_id)
    try:
        message.send()
    except Exception:
        logger.exception("%s was not told that an answer was refused", user.pk)


def write(user: Any, reason: IncomingMail.Outcome, detail: str, *, message_id: str) -> EmailMultiAlternatives:
    with translation.override(user.language):
        context = {
            "reason": _TO_ITS_WRITER.get(reason, reason.label),
            "detail": detail,
            "url": f"{settings.SITE_URL}/notifications/",
        }
        subject, text, html = (
            filled([f"{_FOLDER}/{part}"], context) for part in ("subject.txt", "body.txt", "body.html")
        )
        headers = automatic() | {"Auto-Submitted": "auto-replied"}
        if len(message_id) < 200 and message_id == one_line(message_id) and message_id.isascii():
            headers |= {"In-Reply-To": message_id, "References": message_id}
        return assembled(
            subject, text, html, sender=settings.DEFAULT_FROM_EMAIL, to=user.email, headers=headers
        )


def example(user: Any) -> EmailMultiAlternatives:
    return write(user, IncomingMail.Outcome.EMPTY, "", message_id="<answer@example.com>")


def register() -> None:
    previews.register("answer-refused", _("Your answer was not taken"), example)
