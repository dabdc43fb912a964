"""Email: a delivery becomes one message to one person, and the server's answer becomes a Result."""

import re
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import select_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ..models import Delivery
from ..outgoing.recheck import Checked
from ..outgoing.summing_up import row_for_mail, sum_up
from ..outgoing.unsubscribing import unsubscribe_url
from ..rendering import Shown, render
from ..steering.why import why_url
from .smtp import Result, hand_over_by_smtp

_inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


class EmailChannel:
    """One connection, reused from mail to mail."""

    def __init__(self) -> None:
        self._connection: Any = None

    def compose(self, delivery: Delivery, checked: Checked) -> EmailMultiAlternatives:
        """The message in its recipient's language and zone. Raises whatever a template raises."""
        user = checked.recipient
        with translation.override(user.language), timezone.override(user.time_zone):
            return _compose(delivery, checked, user)

    def compose_summary(self, delivery: Delivery, told: Sequence[Checked]) -> EmailMultiAlternatives:
        """One message of all these, which are for one person."""
        user = told[0].recipient
        with translation.override(user.language), timezone.override(user.time_zone):
            return _compose_summary(delivery, told, user)

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


def _compose(delivery: Delivery, checked: Checked, user: Any) -> EmailMultiAlternatives:
    [shown] = render([row_for_mail(checked)], user)
    if shown.kind is None or shown.content is None:
        raise LookupError("What this mail is about went away while it was written.")
    context = {
        "shown": shown,
        "url": settings.SITE_URL + shown.url,
        "reason": shown.reason,
        "why_url": why_url(delivery),
    }
    headers = _headers(delivery, unsubscribe_url(user, shown.kind.category), shown.content.list_id)
    if shown.content.thread:
        headers["In-Reply-To"] = headers["References"] = f"<{shown.content.thread}@{_host()}>"
    # The kind's own template where it has one, else the one that suits all.
    folders = [f"emails/{shown.notification.kind.lower()}", "emails/notification"]
    return _message(folders, context, user=user, sender=_from(shown), headers=headers)


def _compose_summary(delivery: Delivery, told: Sequence[Checked], user: Any) -> EmailMultiAlternatives:
    summary = sum_up(told, user)
    first = summary.first
    if first.kind is None:
        raise LookupError("What this mail is about went away while it was written.")
    context = {
        "summary": summary,
        "first": first,
        "since": delivery.window_start,
        "why_url": why_url(delivery),
    }
    headers = _headers(delivery, unsubscribe_url(user, first.kind.category))
    folders = ["emails/summary"]
    return _message(folders, context, user=user, sender=settings.DEFAULT_FROM_EMAIL, headers=headers)


def _message(
    folders: Sequence[str], context: dict[str, Any], *, user: Any, sender: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    """From the templates of the first of these folders that has them."""
    context |= {
        "recipient": user,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "preferences_url": f"{settings.SITE_URL}/notifications/preferences/",
        "unsubscribe_url": headers["List-Unsubscribe"].strip("<>"),
    }

    def text(name: str) -> str:
        return str(select_template([f"{folder}/{name}" for folder in folders]).render(context))

    message = EmailMultiAlternatives(
        subject=_one_line(text("subject.txt")),
        body=_no_gaps(text("body.txt")),
        from_email=sender,
        to=[user.email],
        headers=headers,
    )
    message.attach_alternative(_inliner.inline(text("body.html")), "text/html")
    return message


def _from(shown: Shown) -> str:
    """“Ben Okafor (Belltower)”, so that an inbox shows who it was; the address is the site's."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if (
        len(shown.actors) != 1
        or shown.notification.actors_count != 1
        or shown.kind is None
        or shown.kind.notifies_actor
    ):
        return str(settings.DEFAULT_FROM_EMAIL)
    person = _one_line(
        _("%(person)s via %(site)s") % {"person": shown.actors[0], "site": name or settings.SITE_NAME}
    )
    quoted = person.replace("\\", "").replace('"', "")
    return f'"{quoted}" <{address}>'


def _headers(delivery: Delivery, unsubscribe: str, list_id: str = "") -> dict[str, str]:
    cause = f"{delivery.cadence}.{delivery.pk}" if delivery.is_summary else str(delivery.event_id)
    return {
        # The same for every copy: a mail program or server that sees a second one can fold it.
        "Message-ID": f"<{delivery.channel}.{cause}.{delivery.recipient_id}@{_host()}>",
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "List-Id": f"<{list_id or 'notifications'}.{_host()}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
        "X-Auto-Response-Suppress": "All",
    }


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _no_gaps(text: str) -> str:
    """Optional parts of a template leave empty lines behind: never more than one stays."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def _one_line(text: str) -> str:
    """No character of a person's words may begin another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
