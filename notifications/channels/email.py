"""Email: a delivery becomes one message to one person, and the server's answer becomes a Result."""

import re
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import select_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ..models import Delivery, Notification
from ..recheck import Checked
from ..rendering import Shown, render
from ..unsubscribing import unsubscribe_url
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
    [shown] = render([_row_for_mail(checked)], user)
    if shown.kind is None or shown.content is None:
        raise LookupError("What this mail is about went away while it was written.")
    unsubscribe = unsubscribe_url(user, shown.kind.category)
    context = {
        "shown": shown,
        "recipient": user,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "url": settings.SITE_URL + shown.url,
        "preferences_url": f"{settings.SITE_URL}/notifications/preferences/",
        "unsubscribe_url": unsubscribe,
        "reason": shown.reason,
    }

    def text(name: str) -> str:
        """The kind's own template where it has one, else the one that suits all."""
        own = f"emails/{shown.notification.kind.lower()}/{name}"
        return str(select_template([own, f"emails/notification/{name}"]).render(context))

    message = EmailMultiAlternatives(
        subject=_one_line(text("subject.txt")),
        body=_no_gaps(text("body.txt")),
        from_email=_from(shown),
        to=[user.email],
        headers=_headers(delivery, shown, unsubscribe),
    )
    message.attach_alternative(_inliner.inline(text("body.html")), "text/html")
    return message


def _row_for_mail(checked: Checked) -> Notification:
    """A mail tells of its own event; only kinds whose mails fold tell of all that is folded by now."""
    event, kind = checked.event, checked.kind
    if kind.mail_gap and checked.row:
        return checked.row
    return Notification(
        pk=0,
        recipient_id=checked.recipient.pk,
        event_id=event.pk,
        kind=event.kind,
        group_key=event.group_key,
        actor_id=None if kind.anonymous else event.actor_id,
        actor_ids=[] if kind.anonymous else [event.actor_id],
        target_type=event.target_type,
        target_id=event.target_id,
        object_id=event.object_id,
        created_at=event.created_at,
    )


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


def _headers(delivery: Delivery, shown: Shown, unsubscribe: str) -> dict[str, str]:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    content = shown.content
    headers = {
        # The same for every copy: a mail program or server that sees a second one can fold it.
        "Message-ID": f"<{delivery.channel}.{delivery.event_id}.{delivery.recipient_id}@{host}>",
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "List-Id": f"<{(content.list_id if content else '') or 'notifications'}.{host}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
        "X-Auto-Response-Suppress": "All",
    }
    if content and content.thread:
        headers["In-Reply-To"] = headers["References"] = f"<{content.thread}@{host}>"
    return headers


def _no_gaps(text: str) -> str:
    """Optional parts of a template leave empty lines behind: never more than one stays."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def _one_line(text: str) -> str:
    """No character of a person's words may begin another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
