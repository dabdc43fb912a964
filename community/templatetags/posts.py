"""What the templates of posts need beside their data."""

import re
from typing import Any, NamedTuple

from django import template
from django.template import RequestContext
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from community.engagement_counts import PostView
from community.pages.engagement import buttons_of

register = template.Library()

TEASER_WORDS = 80
_CUT = "\ue000"  # a character of private use: no keyboard types it
_EMPTY = re.compile(r"<(ol|ul|li|p|blockquote|pre|h[3-6]|strong|em|s|del|code|a)( [^>]*)?>\s*</\1>")


class Teaser(NamedTuple):
    html: SafeString
    is_cut: bool


@register.filter
def teaser(html: str) -> Teaser:
    """The first words of a stored text with their markup; all of it where it is short."""
    if len(html) > TEASER_WORDS:  # shorter than that, it cannot have as many words
        html = Truncator(html).words(TEASER_WORDS, html=True, truncate=_CUT)
    if is_cut := _CUT in html:
        html = _mended(html)
    # Safe: what is stored was cleaned before, and shortening only takes away and closes what is open.
    return Teaser(mark_safe(html.replace(_CUT, " …")), is_cut)  # nosec


def _mended(html: str) -> str:
    """Cut between two tags: the dots belong to the last word, and what has no word yet goes."""
    before, after = html.split(_CUT, 1)
    end = len(before)
    while end and (before[end - 1] == ">" or before[end - 1].isspace()):
        end = before.rindex("<", 0, end) if before[end - 1] == ">" else end - 1
    html = before[:end] + _CUT + before[end:] + after
    while _EMPTY.search(html):
        html = _EMPTY.sub("", html)
    return html


@register.inclusion_tag("community/partials/post_acts.html", takes_context=True)
def post_acts(context: RequestContext, view: PostView) -> dict[str, Any]:
    """`{% post_acts view %}`: the buttons under a post; they lead back to the page they stand on."""
    return buttons_of(view, back=context["request"].get_full_path())
