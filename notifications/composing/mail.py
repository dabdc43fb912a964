"""Mails: of one event, or of all that waited for an hour."""

from collections.abc import Mapping, Sequence
from email.header import Header
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import select_template
from django.utils import timezone, translation

from ..incoming.addresses import reply_to
from ..mailings import Mailing
from ..models import DecidedBy, Delivery
from ..models.delivery import Cadence
from ..outgoing.recheck import Checked
from ..outgoing.summing_up import Summary, about, row_for_mail, sum_up
from ..outgoing.unsubscribing import unsubscribe_url
from ..rendering import Shown, render
from ..steering.why import RULES, why_url
from .headers import headers_of, one_line, sender_of
from .layout import inlined, laid_out, shortened


class Letter(EmailMultiAlternatives):
    def message(self, **kwargs: Any) -> Any:
        """Django's folding leaves no room for the name, and puts a long subject after an empty first line."""
        message = super().message(**kwargs)
        if not str(self.subject).isascii():
            subject = Header(str(self.subject), "utf-8", header_name="Subject")
            message.replace_header("Subject", subject.encode())
        return message


def compose(delivery: Delivery, checked: Checked) -> EmailMultiAlternatives:
    """The message in its recipient's language and zone. Raises whatever a template raises."""
    user = checked.recipient
    with translation.override(user.language), timezone.override(user.time_zone):
        if isinstance(checked.kind, Mailing):
            return checked.kind.write(delivery, checked.event, user)
        [shown] = render([row_for_mail(checked)], user)
        return write(delivery, shown, user)


def write(delivery: Delivery, shown: Shown, user: Any) -> EmailMultiAlternatives:
    """In the language that is active; nothing is asked of the database but what `shown` holds."""
    shown = shown.outside()
    if shown.kind is None or shown.content is None:
        raise LookupError("What this mail is about went away while it was written.")
    words, answered = shown.content.words, shown.content.answered
    context = {
        "shown": shown,
        "words": shortened(words) if words else None,
        "mine": answered.said if answered and answered.author_id == user.pk else "",
        "url": settings.SITE_URL + shown.url,
        "rule": RULES[DecidedBy(shown.notification.decided_by)],
        "category": shown.kind.category.label,
        "why_url": why_url(delivery),
    }
    headers = headers_of(delivery, unsubscribe_url(user, shown.kind.category), shown.content)
    # Where the words stay on the site, so do the answers to them.
    if shown.kind.answered_by_mail and words and (address := reply_to(delivery)):
        headers["Reply-To"] = address
        context["answerable"] = True
    # The kind's own template where it has one, else the one that suits all.
    folders = [f"emails/{shown.kind.type.lower()}", "emails/notification"]
    return _message(folders, context, user=user, sender=sender_of(shown), headers=headers)


def compose_summary(delivery: Delivery, told: Sequence[Checked]) -> EmailMultiAlternatives:
    """One message of all these, which are for one person."""
    user = told[0].recipient
    with translation.override(user.language), timezone.override(user.time_zone):
        is_by_chance = delivery.cadence in (Cadence.TOGETHER, Cadence.BUDGET)
        if is_by_chance and len(told) == 1:  # the others were read meanwhile
            [shown] = render([row_for_mail(told[0])], user)
            return write(delivery, shown, user)
        return write_summary(delivery, sum_up(told, user), user, about(delivery))


def write_summary(
    delivery: Delivery, summary: Summary, user: Any, words: Mapping[str, Any]
) -> EmailMultiAlternatives:
    """In the language that is active; nothing is asked of the database but what `summary` holds.

    `words`: what `about` says of it.
    """
    first = summary.first
    if first.kind is None:
        raise LookupError("What this mail is about went away while it was written.")
    context = {
        "summary": summary,
        "first": first,
        **words,
        "url": f"{settings.SITE_URL}/notifications/summaries/{delivery.pk}/",
        "category": first.kind.category.label,
        "why_url": why_url(delivery),
    }
    headers = headers_of(delivery, unsubscribe_url(user, first.kind.category))
    folders = ["emails/summary"]
    return _message(folders, context, user=user, sender=settings.DEFAULT_FROM_EMAIL, headers=headers)


def _message(
    folders: Sequence[str], context: dict[str, Any], *, user: Any, sender: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    """From the templates of the first of these folders that has them."""
    context |= {
        "recipient": user,
        "preferences_url": f"{settings.SITE_URL}/notifications/preferences/",
        "unsubscribe_url": headers["List-Unsubscribe"].strip("<>"),
    }
    subject, text, html = (
        filled([f"{folder}/{part}" for folder in folders], context)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return assembled(subject, text, html, sender=sender, to=user.email, headers=headers)


def filled(names: Sequence[str], context: dict[str, Any]) -> str:
    """The first of these templates that there is; only HTML is escaped."""
    template: Any = select_template(names)
    site = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    return str(template.template.render(Context(context | site, autoescape=names[0].endswith(".html"))))


def assembled(
    subject: str, text: str, html: str, *, sender: str, to: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    """Every mail of the site goes through here."""
    message = Letter(
        subject=one_line(subject), body=laid_out(text), from_email=sender, to=[to], headers=headers
    )
    message.attach_alternative(inlined(html), "text/html")
    return message
