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
# Cut between two blocks, the dots would stand beside them: they belong to the last word, and what has not begun goes.
_TAGS_BEFORE_CUT = re.compile(rf"((?:\s*</?[a-z][^>]*>)+)\s*{_CUT}")
_EMPTY_BLOCK = re.compile(r"\s*<(ol|ul|li|p|blockquote)>\s*</\1>")


class Teaser(NamedTuple):
    html: SafeString
    is_cut: bool


@register.filter
def teaser(html: str) -> Teaser:
    """The first words of a stored text with their markup; all of it where it is short."""
    if len(html) > TEASER_WORDS:  # shorter than that, it cannot have as many words
        html = Truncator(html).words(TEASER_WORDS, html=True, truncate=_CUT)
        html = _TAGS_BEFORE_CUT.sub(rf"{_CUT}\1", html)
    is_cut = _CUT in html
    while is_cut and _EMPTY_BLOCK.search(html):
        html = _EMPTY_BLOCK.sub("", html)
    # Safe: what is stored was cleaned before, and shortening only takes away and closes what is open.
    return Teaser(mark_safe(html.replace(_CUT, " …")), is_cut)  # nosec


@register.inclusion_tag("community/partials/post_acts.html", takes_context=True)
def post_acts(context: RequestContext, view: PostView) -> dict[str, Any]:
    """`{% post_acts view %}`: the buttons under a post; they lead back to the page they stand on."""
    return buttons_of(view, back=context["request"].get_full_path())
