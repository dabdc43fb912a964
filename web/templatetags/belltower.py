"""The tags that pages are built with. They are built in: no template needs to load them."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from web.icons import svg_icon
from web.people import display_name, face_of
from web.times import ago as time_ago
from web.times import ahead as time_ahead
from web.times import clock as time_of_day

register = template.Library()

SIZES = ("sm", "md", "lg", "xl")


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """`{% icon "bell" %}`: decorative; a button with nothing else in it needs its own aria-label."""
    return svg_icon(name, size)


@register.simple_tag
def avatar(person: Any, size: str = "md") -> SafeString:
    """`{% avatar user "lg" %}`: sm, md, lg or xl. Decorative: the name stands beside it."""
    if size not in SIZES:
        raise template.TemplateSyntaxError(f"An avatar is one of {', '.join(SIZES)}, not {size!r}.")
    return _face(person, "" if size == "md" else f" av-{size}")


def _face(person: Any, size_class: str = "", *, letters: int = 2) -> SafeString:
    name = display_name(person) if person else ""
    if not name:
        return format_html(
            '<span class="av av-none{}" aria-hidden="true">{}</span>', size_class, svg_icon("user", 16)
        )
    face = face_of(name)
    return format_html(
        '<span class="av{} tone-{}" aria-hidden="true">{}</span>',
        size_class,
        face.tone,
        face.initials[:letters],
    )


@register.simple_tag
def avatars(people: Iterable[Any], limit: int = 3) -> SafeString:
    """`{% avatars users %}`: the first few, overlapping; one letter each, as the next covers the second."""
    faces = format_html_join("", "{}", ((_face(person, letters=1),) for person in islice(people, limit)))
    return format_html('<span class="avs">{}</span>', faces)


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """`{{ post.created_at|ago }}`: "12 minutes ago" in a `<time>` with the exact moment as its title."""
    if moment is None:
        return ""
    now = timezone.now()
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        moment.isoformat(timespec="seconds"),
        date_format(timezone.localtime(moment), "DATETIME_FORMAT"),
        time_ago(moment, now),
    )


@register.filter
def ahead(moment: datetime | None) -> SafeString | str:
    """`{{ item.snoozed_until|ahead }}`: "tomorrow, 8:00", for what is still to come."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        date_format(timezone.localtime(moment), "DATETIME_FORMAT"),
        time_ahead(moment, timezone.now()),
    )


@register.filter
def clock(moment: datetime | None) -> SafeString | str:
    """`{{ item.created_at|clock }}`: the time of day alone, under a heading that says the day."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        date_format(timezone.localtime(moment), "DATETIME_FORMAT"),
        time_of_day(moment),
    )


@register.filter
def compact(count: int) -> str:
    """`{{ 1234|compact }}`: 1.2k; small numbers stay as they are, and nothing is rounded up."""
    for size, pattern in ((1_000_000, _("%(count)sm")), (1_000, _("%(count)sk"))):
        if count >= size:
            tenths = count * 10 // size
            decimals = 0 if tenths >= 100 or tenths % 10 == 0 else 1
            shown = number_format(tenths / 10 if decimals else tenths // 10, decimals)
            return pattern % {"count": shown}
    return str(count)


@register.simple_tag(takes_context=True)
def current(context: Context, path: str, *, exact: bool = False) -> SafeString:
    """`<a href="/groups/" {% current "/groups/" %}>`: says which link leads to where we are."""
    request = context.get("request")
    here = request.path if request else ""
    is_here = here == path or (not exact and here.startswith(path))
    return mark_safe(' aria-current="page"' if is_here else "")  # nosec B308 B703 # our own text
