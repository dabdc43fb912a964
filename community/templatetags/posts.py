"""What the templates of posts need beside their data."""

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


class Teaser(NamedTuple):
    html: SafeString
    is_cut: bool


@register.filter
def teaser(html: str) -> Teaser:
    """The first words of a stored text with their markup; all of it where it is short."""
    if len(html) > TEASER_WORDS:  # shorter than that, it cannot have as many words
        html = Truncator(html).words(TEASER_WORDS, html=True, truncate=_CUT)
    # Safe: what is stored was cleaned before, and shortening only takes away and closes what is open.
    return Teaser(mark_safe(html.replace(_CUT, " …")), _CUT in html)  # nosec


@register.inclusion_tag("community/partials/post_acts.html", takes_context=True)
def post_acts(context: RequestContext, view: PostView) -> dict[str, Any]:
    """`{% post_acts view %}`: the buttons under a post; they lead back to the page they stand on."""
    return buttons_of(view, back=context["request"].get_full_path())
