"""What a mail says about itself. No character of a person's words begins another header."""

import re
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from ..kinds import Content
from ..models import Delivery
from ..rendering import Shown

_JOINERS = "\u200c\u200d"  # without them scripts and emoji fall apart


def headers_of(delivery: Delivery, unsubscribe: str, content: Content | None = None) -> dict[str, str]:
    """`content`: what it is about, where it is about one thing."""
    headers = automatic() | {
        # The same for every copy: a mail program or server that sees a second one can fold it.
        "Message-ID": message_id(f"{delivery.channel}.{_cause(delivery)}.{delivery.recipient_id}"),
        "List-Id": _list_id(content),
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "Precedence": "list",  # what answered before RFC 3834 was heard of
    }
    if content is not None and content.thread:
        # No mail has this id. Programs gather by it what has the same one, whichever came first.
        headers["In-Reply-To"] = headers["References"] = message_id(content.thread)
    return headers


def automatic() -> dict[str, str]:
    """Of every mail that a machine writes."""
    return {
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
        "X-Auto-Response-Suppress": "All",
        "Content-Language": translation.get_language() or settings.LANGUAGE_CODE,
    }


def sender_of(shown: Shown) -> str:
    """“Ben Okafor via Belltower”, so that an inbox shows who it was; the address is the site's."""
    site, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    is_one = len(shown.actors) == shown.notification.actors_count == 1
    if shown.kind is None or shown.kind.notifies_actor or not is_one:
        return str(settings.DEFAULT_FROM_EMAIL)
    words = {"person": shown.actors[0], "site": site or settings.SITE_NAME}
    return formataddr((one_line(_("%(person)s via %(site)s") % words), address))


def message_id(name: str) -> str:
    return f"<{name}@{host()}>"


def mail_named(name: str) -> QuerySet[Delivery]:
    """The mail with this Message-ID: at most one, none of a name that is not ours."""
    found = re.fullmatch(r"<?(\w+)\.(?:(\d{1,18})|([a-z]+)\.(\d{1,18}))\.(\d{1,18})@([\w.-]+)>?", name)
    if found is None or found[6] != host():
        return Delivery.objects.none()
    channel, event, cadence, summary, last = found[1], found[2], found[3], found[4], int(found[5])
    if cadence:
        return Delivery.objects.filter(pk=summary, cadence=cadence, recipient=last)
    # A mailing names its copies, whose recipients may have no account.
    named = Q(recipient=last, address="") | Q(pk=last) & ~Q(address="")
    return Delivery.objects.filter(named, event_id=event, channel=channel)


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def one_line(text: str) -> str:
    """Without what breaks a line, turns its direction around, is not seen, or decodes to such a thing."""
    shown = "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)
    return " ".join(shown.replace("=?", "= ?").split())


def _cause(delivery: Delivery) -> str:
    return f"{delivery.cadence}.{delivery.pk}" if delivery.is_summary else str(delivery.event_id)


def _list_id(content: Content | None) -> str:
    """RFC 2919: what people file mails by."""
    name, place = (content.list_name, content.list_id) if content else ("", "")
    name, address = one_line(name), f"{place or 'notifications'}.{host()}"
    return formataddr((name, address)) if name else f"<{address}>"
