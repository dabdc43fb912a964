"""The mails of the newsletter: an edition, and the question whether somebody wants it."""

from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from community.text import excerpt
from notifications.composing.headers import automatic, host, message_id, one_line
from notifications.composing.layout import whole_links
from notifications.composing.mail import assembled, filled

from .links import confirm_url, end_url
from .models import Edition, Segment, Subscriber


def edition_mail(edition: Edition, *, to: str, subscriber_id: int, mail_id: str) -> EmailMultiAlternatives:
    """In the language that is active, what the edition says in its own."""
    unsubscribe = end_url(subscriber_id, edition)
    context: dict[str, Any] = {
        "edition": edition,
        "html": "" if edition.keeps_words else whole_links(edition.content_html),
        "preheader": "" if edition.keeps_words else excerpt(edition.content_html, 120),
        "url": settings.SITE_URL + edition.get_absolute_url(),
        "unsubscribe_url": unsubscribe,
        "list_url": f"{settings.SITE_URL}/newsletter/",
    }
    headers = automatic() | {
        "Message-ID": message_id(mail_id),
        "List-Id": formataddr((one_line(_list_name()), f"newsletter.{host()}")),
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "Precedence": "bulk",
    }
    return _mail("edition", context, to=to, headers=headers)


def confirmation_mail(subscriber: Subscriber, *, mail_id: str) -> EmailMultiAlternatives:
    context = {"url": confirm_url(subscriber)}
    headers = automatic() | {"Message-ID": message_id(mail_id)}
    return _mail("confirmation", context, to=subscriber.address, headers=headers)


def edition_example(reader: Any) -> EmailMultiAlternatives:
    """To be looked at; of no edition that there is."""
    said = _("There are more than I have windows for. Take as many as you like; pots are by the door.")
    edition = Edition(
        pk=0, title=_("Seedlings to give away"), content=said, content_html=f"<p>{said}</p>",
        segment=Segment.EVERYBODY, starts_at=timezone.now(),
    )  # fmt: skip
    return edition_mail(edition, to=reader.email, subscriber_id=0, mail_id="bulk.0")


def confirmation_example(reader: Any) -> EmailMultiAlternatives:
    return confirmation_mail(Subscriber(pk=0, address=reader.email), mail_id="email.0")


def _mail(
    folder: str, context: dict[str, Any], *, to: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    subject, text, html = (
        filled([f"emails/newsletter/{folder}/{part}"], context)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return assembled(subject, text, html, sender=settings.DEFAULT_FROM_EMAIL, to=to, headers=headers)


def _list_name() -> str:
    return _("Newsletter of %(site)s") % {"site": settings.SITE_NAME}
