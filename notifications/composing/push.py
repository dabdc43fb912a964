"""What a device is told: a title, a sentence, and where it leads. Small, and of what may leave the site."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import ngettext

from ..models import Notification
from ..outgoing.recheck import Checked
from ..outgoing.summing_up import row_for_mail, sum_up
from ..rendering import Shown, render

TITLE_MAX, BODY_MAX = 120, 240  # characters; a service takes 4096 bytes, encrypted
Payload = dict[str, Any]


def compose(checked: Checked) -> Payload:
    """Of everything that is folded into the row by now: the newer notice takes the place of the older."""
    user = checked.recipient
    with translation.override(user.language), timezone.override(user.time_zone):
        [shown] = render([checked.row or row_for_mail(checked)], user)
        return write(shown)


def write(shown: Shown) -> Payload:
    shown = shown.outside()
    if shown.kind is None or shown.content is None:
        raise LookupError("What this is about went away while it was written.")
    row, said = shown.notification, shown.message
    return {
        "id": row.pk if row.pk > 0 else None,
        "title": _short(shown.title, TITLE_MAX),
        "body": _short(said, BODY_MAX) if said != shown.title else "",
        "url": shown.url,
        "tag": tag_of(row),
    }


def compose_summary(told: Sequence[Checked]) -> Payload:
    """One notice for a whole night."""
    user = told[0].recipient
    with translation.override(user.language), timezone.override(user.time_zone):
        summary = sum_up(told, user)
        if summary.count == 1:
            return write(summary.first)
        others = ngettext("and %(count)d more", "and %(count)d more", summary.others)
        title, rest = _short(summary.first.title, TITLE_MAX), others % {"count": summary.others}
        return {"id": None, "title": title, "body": rest, "url": "/notifications/", "tag": "summary"}


def tag_of(row: Notification) -> str:
    """As the pages make it of the API's answer: notices with the same tag are one."""
    return f"{row.kind}:{row.target_type}.{row.target_id}"


def packed(payload: Payload) -> bytes:
    """`site`: what the device calls us."""
    return json.dumps(
        payload | {"site": settings.SITE_NAME}, ensure_ascii=False, separators=(",", ":")
    ).encode()


def _short(text: str, characters: int) -> str:
    return Truncator(text).chars(characters)
