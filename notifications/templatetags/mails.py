"""What somebody said, in a mail of plain text: set apart from what the site says."""

from textwrap import indent

from django import template

register = template.Library()


@register.filter
def said(words: str) -> str:
    """News: moved in."""
    return indent(str(words).strip(), "    ")


@register.filter
def quoted(words: str) -> str:
    """What was there before: quoted, as in any mail."""
    return indent(str(words).strip(), "> ", lambda line: True)
